import { Link } from 'wouter'
import { paths } from '../paths.ts'
import { withoutMiddle } from './image-name.tsx'
import { PrintableText, printable } from './printable-text.tsx'

/** The characters that fit in a column of a table and in the panel of facts. */
const maxLength = 32

/** @param name `family:revision`; null or undefined when it is not known */
export function DefinitionLink({ account, name }: { account: string; name: string | null | undefined }) {
  if (!name) return null
  return (
    <Link className="mono" href={paths.taskDefinition(account, name)} title={printable(name)}>
      <PrintableText text={withoutMiddle(name, maxLength)} />
    </Link>
  )
}
