import type { Account } from '../aws/account.ts'
import type { History } from '../history/history.ts'
import type { AccountLogs } from '../logs/account-logs.ts'
import { NotFound } from '../problems/problem.ts'
import { findArchivedTask } from '../tasks/archive.ts'
import { getTask } from '../tasks/get.ts'
import { type TaskResource, toTaskResource } from '../tasks/schema.ts'
import { type Diagnosis, toDiagnosis } from './diagnosis.ts'
import { findCheckOutputs, withHealthChecks } from './health-check.ts'
import { withLastLines } from './last-lines.ts'
import { withLocalImages } from './local-images.ts'
import { asTaskFacts, findStopCause } from './stopped-task.ts'
import { unsupportedChecks } from './unsupported-checks.ts'

/**
 * Diagnoses a task: why it stopped, or whether it is healthy. A task that ECS no longer returns is taken from the
 * history.
 * @throws NotFound `TaskNotFound`, `ClusterNotFound`
 */
export async function diagnoseTask(
  account: Account,
  cluster: string,
  ref: string,
  history: History,
  logs: AccountLogs,
): Promise<Diagnosis> {
  const task = await findTask(account, cluster, ref, history)
  const path = `/v1/ecs/${account.name}/clusters/${task.cluster}/tasks/${task.id}`
  if (task.lastStatus !== 'STOPPED') return diagnoseUnstopped(account, task)
  const facts = asTaskFacts(task)
  const finding = findStopCause(facts, path)
  const isFinishedJob = finding.cause.code === 'ProgramFinished' && !facts.group?.startsWith('service:')
  if (isFinishedJob) return toDiagnosis(account, { status: 'healthy', summary: 'The task ended with exit code 0.' })
  const status = finding.cause.severity === 'expected' ? 'healthy' : 'failing'
  const outputs =
    finding.cause.code === 'HealthCheckFailed' ? await findCheckOutputs(account, task.cluster, facts, history) : []
  const found = { ...finding, evidence: [...outputs, ...finding.evidence] }
  const { findings, notChecked } = await withLastLines(await withLocalImages(account, [found]), logs)
  return toDiagnosis(account, {
    status,
    summary: finding.summary,
    findings: await withHealthChecks(findings, logs),
    notChecked: [...notChecked, ...unsupportedChecks(account)],
  })
}

async function findTask(account: Account, cluster: string, ref: string, history: History): Promise<TaskResource> {
  try {
    return toTaskResource(await getTask(account, cluster, ref))
  } catch (error) {
    if (!(error instanceof NotFound) || error.code !== 'TaskNotFound') throw error
    const archived = await findArchivedTask(account, cluster, ref, history)
    if (archived) return archived
    throw error
  }
}

function diagnoseUnstopped(account: Account, { lastStatus, desiredStatus, healthStatus }: TaskResource): Diagnosis {
  if (desiredStatus === 'STOPPED')
    return toDiagnosis(account, {
      status: 'progressing',
      summary: `The task is being stopped; it is ${lastStatus}.`,
    })
  if (lastStatus !== 'RUNNING')
    return toDiagnosis(account, { status: 'progressing', summary: `The task starts; it is ${lastStatus}.` })
  if (healthStatus === 'UNHEALTHY')
    return toDiagnosis(account, {
      status: 'degraded',
      summary: 'The task runs, but its health check fails.',
      notChecked: unsupportedChecks(account),
    })
  return toDiagnosis(account, { status: 'healthy', summary: 'The task runs.' })
}
