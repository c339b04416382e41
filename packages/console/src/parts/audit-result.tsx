/** The result of an audit log entry's change, with a link to its problem or its deployment. */
import type { AuditEntry } from '@ecs-api/client'
import { auditResult, deployedService } from '@ecs-api/client/audit-words'
import { Link } from 'wouter'
import { paths } from '../paths.ts'
import { PrintableText } from './printable-text.tsx'

export function AuditResult({ entry }: { entry: AuditEntry }) {
  const result = auditResult(entry)
  if (entry.code !== null)
    return (
      <a className="bad" href={`/docs/problems/${encodeURIComponent(entry.code)}`}>
        <PrintableText text={result} />
      </a>
    )
  const words = <ResultWords result={result} />
  const service = deployedService(entry)
  const deploymentId = entry.deployment?.id
  if (!deploymentId || !service) return words
  const { account, cluster, name } = service
  return <Link href={paths.deployment(account, cluster, name, deploymentId)}>{words}</Link>
}

export function ResultWords({ result }: { result: string }) {
  return result.startsWith('failed') ? <span className="bad">{result}</span> : result
}
