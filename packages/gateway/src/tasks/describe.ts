/** Descriptions of a cluster's tasks, for lists. Each described task is added to the account's task index. */
import type { Task } from '@aws-sdk/client-ecs'
import { shortName } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import { NotFound } from '../problems/problem.ts'
import { matchesTaskFilter, parseTaskFilter, type TaskFilter, type TaskQuery } from './filter.ts'
import { clusterNameOf, collectTaskIds, type DescribeOptions, describeTasks, idsOfUnshownTasks } from './get.ts'

/** Describes all tasks of the cluster that match the query. */
export async function describeMatchingTasks(account: Account, cluster: string, query: TaskQuery): Promise<Task[]> {
  const filter = parseTaskFilter(query)
  const tasks = await describeAndIndexTasks(account, cluster, await collectListedTaskIds(account, cluster, filter))
  return tasks.filter((task) => matchesTaskFilter(task, filter))
}

export async function describeAndIndexTasks(
  account: Account,
  cluster: string,
  ids: readonly string[],
  options?: DescribeOptions,
): Promise<Task[]> {
  const tasks = (await describeTasks(account, cluster, ids, options)).filter(
    (task) => clusterNameOf(task) === shortName(cluster),
  )
  for (const task of tasks) account.taskIndex.add(task)
  return tasks
}

/**
 * Ids of the tasks that ListTasks returns for the filter's `selection`, and of all tasks of the cluster that the
 * gateway recently started or stopped: ListTasks may not return those yet.
 * @param onPage called with the ids of each page
 */
export async function collectListedTaskIds(
  account: Account,
  cluster: string,
  { selection, desiredStatuses }: TaskFilter,
  onPage?: (ids: string[]) => void,
): Promise<string[]> {
  const lists = desiredStatuses.map((desiredStatus) =>
    collectTaskIds(account, cluster, { desiredStatus, ...selection }, onPage).catch(noneOfUnknownService),
  )
  return [...new Set([...(await Promise.all(lists)).flat(), ...idsOfUnshownTasks(account, cluster)])]
}

/** For `catch`: no task belongs to a service that does not exist. */
function noneOfUnknownService(error: unknown): string[] {
  if (error instanceof NotFound && error.code === 'ServiceNotFound') return []
  throw error
}
