/** The last lines of a failed container as evidence. */
import type { AccountLogs } from '../logs/account-logs.ts'
import { readLastLines } from '../logs/last-lines.ts'
import type { Evidence, Finding, NotChecked } from './diagnosis.ts'

/**
 * Adds the last lines of one container to the findings: to the first error that has one. One or two calls to
 * CloudWatch Logs, and one for the task definition where it is not cached.
 * @returns the findings, and why there are no lines
 */
export async function withLastLines(
  findings: readonly Finding[],
  logs: AccountLogs,
): Promise<{ findings: Finding[]; notChecked: NotChecked[] }> {
  const shown =
    findings.find(({ printed, cause }) => printed && cause.severity === 'error') ??
    findings.find(({ printed }) => printed)
  if (!shown?.printed) return { findings: [...findings], notChecked: [] }
  const { path, ...container } = shown.printed
  const { lines, reason } = await readLastLines(container, logs)
  if (reason !== undefined)
    return {
      findings: [...findings],
      notChecked: [{ check: `last lines of the container ${container.container}`, reason }],
    }
  const evidence: Evidence = {
    kind: 'log',
    at: lines.at(-1)?.time,
    text: lines.map(({ message }) => message).join('\n'),
    resource: `${path}/logs?container=${container.container}`,
  }
  return {
    findings: findings.map((each) => (each === shown ? { ...each, evidence: [...each.evidence, evidence] } : each)),
    notChecked: [],
  }
}
