/** The last lines of a failed container as evidence. */
import type { AccountLogs } from '../logs/account-logs.ts'
import { readLastLines } from '../logs/last-lines.ts'
import type { Evidence, Finding, NotChecked } from './diagnosis.ts'
import { readLogStep } from './exit-causes.ts'

/**
 * Adds the last lines of a container to one finding: the first error with a container, or else the first finding with
 * one. Makes one or two calls to CloudWatch Logs, and one for a task definition that is not cached.
 * @returns the findings, and under `notChecked` why there are no lines. The finding loses the step that advises to read
 * the lines: they are its evidence now, or cannot be read.
 */
export async function withLastLines(
  findings: readonly Finding[],
  logs: AccountLogs,
): Promise<{ findings: Finding[]; notChecked: NotChecked[] }> {
  const finding =
    findings.find(({ loggedContainer, cause }) => loggedContainer && cause.severity === 'error') ??
    findings.find(({ loggedContainer }) => loggedContainer)
  if (!finding?.loggedContainer) return { findings: [...findings], notChecked: [] }
  const { path, ...container } = finding.loggedContainer
  const { lines, reason } = await readLastLines(container, logs)
  const { next, nextForLocalAccounts, ...cause } = finding.cause
  const isOtherStep = (step: string) => step !== readLogStep
  const steps = {
    next: next.filter(isOtherStep),
    ...(nextForLocalAccounts && { nextForLocalAccounts: nextForLocalAccounts.filter(isOtherStep) }),
  }
  const findingsWith = (evidence: Evidence[]) =>
    findings.map((each) => (each === finding ? { ...each, cause: { ...cause, ...steps }, evidence } : each))
  if (reason !== undefined)
    return {
      findings: findingsWith(finding.evidence),
      notChecked: [{ check: `last lines of the container ${container.container}`, reason }],
    }
  const evidence: Evidence = {
    kind: 'log',
    at: lines.at(-1)?.time,
    text: lines.map(({ message }) => message).join('\n'),
    resource: `${path}/logs?container=${container.container}`,
  }
  return { findings: findingsWith([...finding.evidence, evidence]), notChecked: [] }
}
