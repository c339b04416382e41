/** An entry of the audit log as a sentence about the change, with a link to the changed resource. */
import type { AuditEntry } from '@ecs-api/client'
import { Link } from 'wouter'
import { changeSentence } from './change-words.ts'
import { ExternalText } from './external-text.tsx'

export function ChangeSentence({ entry }: { entry: AuditEntry }) {
  return changeSentence(entry).map((part, i) => {
    // The parts of an entry never change their order.
    const key = `${entry.id} ${i}`
    if (typeof part === 'string') return part
    const name = <ExternalText key={key} text={part.name} />
    return part.href === undefined ? (
      name
    ) : (
      <Link key={key} href={part.href}>
        {name}
      </Link>
    )
  })
}
