/**
 * Stopped tasks that ECS no longer returns, which is after about an hour. The gateway stores a stopped task in the
 * history when it describes it, and reads it from there later.
 */
import { familyAndRevision, parseArn, shortName } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import { storedScopeOf } from '../aws/account-scope.ts'
import { boundaryName } from '../aws/boundary-tag.ts'
import type { IndexedTask } from '../aws/reads/task-index.ts'
import { getCluster } from '../clusters/get.ts'
import type { History } from '../history/history.ts'
import type { TaskFilter } from './filter.ts'
import { clusterNameOf, isTaskReference } from './get.ts'
import { type TaskResource, toTaskResource } from './schema.ts'

/** Stores every stopped task that AWS describes for the account from now on. */
export function startArchivingStoppedTasks(account: Account, history: History): void {
  account.onDescribed(({ tasks = [] }) => {
    const number = accountNumberIn(tasks[0]?.taskArn)
    if (number) account.lastDescribedNumber = number
    for (const task of tasks) {
      if (task.lastStatus !== 'STOPPED') continue
      const key = {
        account: storedScopeOf(account, number),
        cluster: clusterNameOf(task),
        id: shortName(task.taskArn ?? ''),
      }
      history.recordTask(key, () => ({
        ...key,
        org: boundaryName(account.boundaryTag),
        created_at: (task.createdAt ?? new Date(0)).toISOString(),
        stopped_at: (task.stoppedAt ?? new Date()).toISOString(),
        family: familyAndRevision(task.taskDefinitionArn ?? '').family,
        task_group: task.group ?? '',
        started_by: task.startedBy ?? '',
        resource: toTaskResource(task),
      }))
    }
  })
}

/** The stopped task from the history; undefined when the gateway has never described the task as stopped. */
export async function findArchivedTask(
  account: Account,
  cluster: string,
  ref: string,
  history: History,
): Promise<TaskResource | undefined> {
  if (!isTaskReference(cluster, ref)) return undefined
  const key = { account: await getHistoryScope(account, cluster), cluster: shortName(cluster), id: shortName(ref) }
  return (await history.findTask(key)) as TaskResource | undefined
}

export interface ArchivedTask {
  indexEntry: IndexedTask
  resource: TaskResource
}

interface ArchivePage {
  history: History
  limit: number
  /** The earliest creation, in milliseconds since 1970. */
  createdSince?: number | undefined
  /** The last task of the previous page. */
  after: { at: string; id: string } | undefined
}

/** The archived tasks that match the filter, newest first. */
export async function findArchivedTasks(
  account: Account,
  cluster: string,
  { group, family, startedBy }: Pick<TaskFilter, 'group' | 'family' | 'startedBy'>,
  { history, limit, createdSince, after }: ArchivePage,
): Promise<ArchivedTask[]> {
  const scope = { account: await getHistoryScope(account, cluster), cluster: shortName(cluster) }
  const since = createdSince === undefined ? undefined : new Date(createdSince).toISOString()
  const tasks = await history.listTasks({ ...scope, family, group, startedBy, createdSince: since }, limit, after)
  return tasks.map(({ id, created_at, resource, ...row }) => ({
    indexEntry: {
      id,
      createdAt: Date.parse(created_at),
      family: row.family,
      group: row.task_group || undefined,
      startedBy: row.started_by || undefined,
      lastStatus: 'STOPPED',
    },
    resource: resource as TaskResource,
  }))
}

/**
 * The text by which the history names the AWS account, its Region and its boundary: the `account` of its rows.
 * @throws NotFound `ClusterNotFound`: while the number of the AWS account is not known, it is read from the cluster's
 *   ARN
 */
export async function getHistoryScope(account: Account, cluster: string): Promise<string> {
  const known = account.number ?? account.lastDescribedNumber
  if (known !== undefined) return storedScopeOf(account, known)
  const number = accountNumberIn((await getCluster(account, cluster)).clusterArn)
  account.lastDescribedNumber = number
  return storedScopeOf(account, number)
}

function accountNumberIn(arn = ''): string {
  return parseArn(arn)?.account ?? ''
}
