/** The result of an audit log entry's change, with a link to its problem or its deployment. */
import type { AuditEntry, ServiceDeployment } from '@ecs-api/client'
import { auditResult, deployedService } from '@ecs-api/client/audit-words'
import { Link } from 'wouter'
import { paths } from '../paths.ts'
import { PrintableText } from './printable-text.tsx'

export function AuditResult({
  entry,
  deployment,
  isServiceDeleted,
}: {
  entry: AuditEntry
  deployment: ServiceDeployment | undefined
  /** Whether the service that the entry has deployed no longer exists. */
  isServiceDeleted: boolean
}) {
  const result = auditResult(entry, deployment)
  if (entry.code !== null)
    return (
      <a className="bad" href={`/docs/problems/${encodeURIComponent(entry.code)}`}>
        <PrintableText text={result} />
      </a>
    )
  // The deployment may have failed: nobody can tell any more.
  if (isServiceDeleted) return `${result}; its end is not known, since the service is deleted`
  const words = <ResultWords result={result} />
  const service = deployment && deployedService(entry)
  if (!deployment || !service) return words
  const { account, cluster, name } = service
  return <Link href={paths.deployment(account, cluster, name, deployment.id)}>{words}</Link>
}

export function ResultWords({ result }: { result: string }) {
  return result.startsWith('failed') ? <span className="bad">{result}</span> : result
}
