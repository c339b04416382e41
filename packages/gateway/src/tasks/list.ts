import type { Task } from '@aws-sdk/client-ecs'
import { familyAndRevision, shortName } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import { clusterNames } from '../clusters/look.ts'
import type { Caller } from '../http/caller.ts'
import { type Page, type PageQuery, page } from '../http/list.ts'
import { NotFound } from '../problems/problem.ts'
import { clusterName, lookAtTasks, ownTaskIds, type TaskSelection, taskIds } from './look.ts'
import { presentTask, type TaskResource } from './schema.ts'

export interface TaskFilter {
  service?: string
  family?: string
  startedBy?: string
  /** By `lastStatus`: PENDING is everything before RUNNING. Without it: all that are not stopped. */
  status?: 'RUNNING' | 'PENDING' | 'STOPPED' | 'ALL'
}

/** A cluster's tasks, newest first. */
export async function listTasks(account: Account, cluster: string, query: TaskFilter & PageQuery): Promise<Page<TaskResource>> {
  return paged(await tasksOf(account, cluster, query), query)
}

/** The tasks of all clusters that the caller may see, newest first. */
export async function listAllTasks(account: Account, { mayUseCluster }: Caller, query: TaskFilter & PageQuery): Promise<Page<TaskResource>> {
  const all: Task[] = []
  for (const cluster of (await clusterNames(account)).filter(mayUseCluster))
    all.push(...(await tasksOf(account, cluster, query).catch(goneMeanwhile)))
  return paged(all, query)
}

/** A cluster may be deleted between the list and the look; it is no fault of the client's. */
function goneMeanwhile(error: unknown): Task[] {
  if (error instanceof NotFound && error.code === 'ClusterNotFound') return []
  throw error
}

function paged(tasks: readonly Task[], query: PageQuery): Page<TaskResource> {
  const order = { key: (task: Task) => [task.createdAt?.getTime() ?? 0, shortName(task.taskArn ?? '')] as const, directions: ['descending'] as const }
  const { items, nextCursor } = page(tasks, order, query)
  return { items: items.map(presentTask), nextCursor }
}

/** All tasks of the cluster that the filter lets through. */
export async function tasksOf(account: Account, cluster: string, filter: TaskFilter): Promise<Task[]> {
  // ECS lists a task under the desired status, and takes only some pairs of filters: it gets one, the rest is done here.
  const selection: TaskSelection = filter.service
    ? { serviceName: shortName(filter.service) }
    : filter.family
      ? { family: filter.family }
      : { startedBy: filter.startedBy }
  const lists = await Promise.all(desiredStatuses(filter).map((desired) => taskIds(account, cluster, desired, selection).catch(noSuchService)))
  const ids = new Set([...lists.flat(), ...ownTaskIds(account, cluster)])
  return (await lookAtTasks(account, cluster, [...ids])).filter((task) => clusterName(task) === shortName(cluster) && matches(task, filter))
}

function desiredStatuses({ status }: TaskFilter): ('RUNNING' | 'STOPPED')[] {
  return status === 'STOPPED' ? ['STOPPED'] : ['RUNNING', 'STOPPED']
}

/** A filter by a service that isn't there lets nothing through. */
function noSuchService(error: unknown): string[] {
  if (error instanceof NotFound && error.code === 'ServiceNotFound') return []
  throw error
}

const beforeRunning = new Set(['PROVISIONING', 'PENDING', 'ACTIVATING'])

function matches(task: Task, { service, family, startedBy, status }: TaskFilter): boolean {
  const lastStatus = task.lastStatus ?? ''
  const rightStatus =
    status === 'ALL' ||
    (status === undefined && lastStatus !== 'STOPPED') ||
    (status === 'PENDING' && beforeRunning.has(lastStatus)) ||
    status === lastStatus
  return (
    rightStatus &&
    (service === undefined || task.group === `service:${shortName(service)}`) &&
    (family === undefined || familyAndRevision(task.taskDefinitionArn ?? '').family === family) &&
    (startedBy === undefined || task.startedBy === startedBy)
  )
}
