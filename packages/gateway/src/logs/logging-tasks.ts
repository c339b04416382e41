/** The tasks whose log lines are read: those that ECS returns, and those that are only in the history. */
import type { Task } from '@aws-sdk/client-ecs'
import { shortName } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import type { History } from '../history/history.ts'
import { NotFound } from '../problems/problem.ts'
import { getService } from '../services/get.ts'
import { findArchivedTask, findArchivedTasks } from '../tasks/archive.ts'
import { describeMatchingTasks } from '../tasks/describe.ts'
import { earliestTaskCreation } from '../tasks/earliest-creation.ts'
import { getTask } from '../tasks/get.ts'
import { type TaskResource, toTaskResource } from '../tasks/schema.ts'

export interface LoggingTask {
  id: string
  /** `family:revision`. */
  taskDefinition: string
  /** ECS's group, such as `service:www`. */
  group: string
  /** Milliseconds since 1970. */
  createdAt: number
  stoppedAt: number | undefined
  /** By name: a `waiting` container has no log stream, a `started` one has one, and an `uncertain` one may have one. */
  containers: ReadonlyMap<string, 'waiting' | 'started' | 'uncertain'>
}

export interface ServiceTasks {
  /** Newest first. */
  tasks: LoggingTask[]
  /** The definition that the service names, `family:revision`. */
  taskDefinition: string
  /** Tasks created before this moment may be missing; undefined when none is missing. */
  completeSince: number | undefined
  /** The store's error, because of which tasks that ECS has forgotten are missing; undefined when it responded. */
  historyProblem: unknown
}

/** At most this many archived tasks are read: twice as many as a request reads streams of. */
const maxArchived = 200

/**
 * The tasks of a service that were created before `before`.
 * @throws NotFound `ClusterNotFound`, `ServiceNotFound`
 */
export async function listServiceTasks(
  account: Account,
  cluster: string,
  ref: string,
  { before, history }: { before: number; history: History },
): Promise<ServiceTasks> {
  const service = await getService(account, cluster, ref)
  const { serviceName = '', taskDefinition = '' } = service
  const createdSince = earliestTaskCreation(account, service)
  let historyProblem: unknown
  const [described, archived] = await Promise.all([
    describeMatchingTasks(account, cluster, { service: serviceName, status: 'ALL' }),
    findArchivedTasks(
      account,
      cluster,
      { group: `service:${serviceName}`, family: undefined, startedBy: undefined },
      {
        history,
        limit: maxArchived,
        createdSince,
        after: { at: new Date(Math.min(before, maxTime)).toISOString(), id: '' },
      },
    ).catch((error: unknown) => {
      historyProblem = error
      return []
    }),
  ])
  const byId = new Map(archived.map(({ indexEntry, resource }) => [indexEntry.id, loggingTask(resource)]))
  for (const task of described) {
    const each = loggingTask(toTaskResource(task))
    byId.set(each.id, each)
  }
  const tasks = [...byId.values()]
    // Older tasks belong to a deleted service of the same name.
    .filter((task) => task.createdAt <= before && task.createdAt >= createdSince)
    .sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? -1 : 1))
  const oldestArchived = archived.length === maxArchived ? archived.at(-1)?.indexEntry.createdAt : undefined
  return { tasks, taskDefinition: shortName(taskDefinition), completeSince: oldestArchived, historyProblem }
}

/** The last moment of JavaScript's dates that ISO 8601 writes with four digits of the year. */
const maxTime = Date.UTC(9999, 11, 31)

/**
 * Gets a task from ECS, or from the history when ECS has forgotten it.
 * @throws NotFound `ClusterNotFound`, `TaskNotFound`
 */
export async function getLoggingTask(
  account: Account,
  cluster: string,
  ref: string,
  history: History,
): Promise<LoggingTask> {
  let task: Task
  try {
    task = await getTask(account, cluster, ref)
  } catch (error) {
    if (!(error instanceof NotFound) || error.code !== 'TaskNotFound') throw error
    const archived = await findArchivedTask(account, cluster, ref, history)
    if (!archived) throw error
    return loggingTask(archived)
  }
  return loggingTask(toTaskResource(task))
}

interface ContainerResource {
  name?: string
  lastStatus?: string
  exitCode?: number
}

function loggingTask(resource: TaskResource): LoggingTask {
  const { id, taskDefinition, group, createdAt, stoppedAt, containers } = resource as TaskResource & {
    taskDefinition?: string
    group?: string
    createdAt?: string
    stoppedAt?: string
    containers?: ContainerResource[]
  }
  return {
    id,
    taskDefinition: taskDefinition ?? '',
    group: group ?? '',
    createdAt: Date.parse(createdAt ?? '') || 0,
    stoppedAt: stoppedAt === undefined ? undefined : Date.parse(stoppedAt),
    containers: new Map((containers ?? []).map((container) => [container.name ?? '', stateOf(container)])),
  }
}

function stateOf({ lastStatus, exitCode }: ContainerResource): 'waiting' | 'started' | 'uncertain' {
  if (lastStatus === 'RUNNING' || exitCode !== undefined) return 'started'
  return lastStatus === 'STOPPED' ? 'uncertain' : 'waiting'
}
