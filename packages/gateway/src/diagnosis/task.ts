import type { Account } from '../aws/account.ts'
import type { History } from '../history/history.ts'
import type { AccountLogs } from '../logs/account-logs.ts'
import { NotFound } from '../problems/problem.ts'
import { findArchivedTask } from '../tasks/archive.ts'
import { getTask } from '../tasks/get.ts'
import { presentTask, type TaskResource } from '../tasks/schema.ts'
import { type Diagnosis, diagnosisOf } from './diagnosis.ts'
import { withLastLines } from './last-lines.ts'
import { laterChecks } from './later-checks.ts'
import { factsOf, findStopCause } from './stopped-task.ts'

/**
 * Says why a task stopped, or how it is. A task that ECS has forgotten is taken from the history.
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
  if (task.lastStatus !== 'STOPPED') return diagnosisOfLive(account, task)
  const facts = factsOf(task)
  const finding = findStopCause(facts, path)
  const isFinishedJob = finding.cause.code === 'ProgramFinished' && !facts.group?.startsWith('service:')
  if (isFinishedJob) return diagnosisOf(account, 'healthy', 'The task ended with exit code 0.', [], [])
  const status = finding.cause.severity === 'expected' ? 'healthy' : 'failing'
  const { findings, notChecked } = await withLastLines([finding], logs)
  return diagnosisOf(account, status, finding.summary, findings, [...notChecked, ...laterChecks(account)])
}

async function findTask(account: Account, cluster: string, ref: string, history: History): Promise<TaskResource> {
  try {
    return presentTask(await getTask(account, cluster, ref))
  } catch (error) {
    if (!(error instanceof NotFound) || error.code !== 'TaskNotFound') throw error
    const archived = await findArchivedTask(account, cluster, ref, history)
    if (archived) return archived
    throw error
  }
}

function diagnosisOfLive(account: Account, { lastStatus, desiredStatus, healthStatus }: TaskResource): Diagnosis {
  if (desiredStatus === 'STOPPED')
    return diagnosisOf(account, 'progressing', `The task is being stopped; it is ${lastStatus}.`, [], [])
  if (lastStatus !== 'RUNNING')
    return diagnosisOf(account, 'progressing', `The task starts; it is ${lastStatus}.`, [], [])
  if (healthStatus === 'UNHEALTHY')
    return diagnosisOf(account, 'degraded', 'The task runs, but its health check fails.', [], laterChecks(account))
  return diagnosisOf(account, 'healthy', 'The task runs.', [], [])
}
