/** An entry of the audit log as a sentence about the change, with a link to the changed resource. */
import type { AuditEntry } from '@ecs-api/client'
import { type ChangedResource, changeSentence } from '@ecs-api/client/audit-words'
import { Link } from 'wouter'
import { paths } from '../paths.ts'
import { PrintableText } from './printable-text.tsx'

export function ChangeSentence({ entry }: { entry: AuditEntry }) {
  return changeSentence(entry).map((part, i) => {
    // The parts of an entry never change their order.
    const key = `${entry.id} ${i}`
    if (typeof part === 'string') return part
    const name = <PrintableText key={key} text={part.name} />
    return part.resource === undefined ? (
      name
    ) : (
      <Link key={key} href={pageOf(part.resource)}>
        {name}
      </Link>
    )
  })
}

function pageOf(resource: ChangedResource): string {
  switch (resource.kind) {
    case 'cluster':
      return paths.cluster(resource.account, resource.cluster)
    case 'service':
      return paths.service(resource.account, resource.cluster, resource.service)
    case 'task':
      return paths.task(resource.account, resource.cluster, resource.id)
    case 'taskDefinition':
      return paths.taskDefinition(resource.account, resource.name)
    case 'token':
      return paths.tokens
  }
}
