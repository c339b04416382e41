import { Link } from 'wouter'
import { paths } from '../paths.ts'
import { PrintableText } from './printable-text.tsx'

/** @param name `family:revision`; null or undefined when it is not known */
export function DefinitionLink({ account, name }: { account: string; name: string | null | undefined }) {
  if (!name) return null
  return (
    <Link className="mono" href={paths.taskDefinition(account, name)}>
      <PrintableText text={name} />
    </Link>
  )
}
