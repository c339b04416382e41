/** The filter of a task list: the query's parameters, the part that ListTasks applies, and the rest. */
import type { Task } from '@aws-sdk/client-ecs'
import { clusterOfArn, shortName } from '@ecs-api/ecs-model'
import { type IndexedTask, toIndexedTask } from '../aws/reads/task-index.ts'
import type { TaskSelection } from './get.ts'

/** The parameters of the query that filter tasks. */
export interface TaskQuery {
  /** Name or ARN. */
  service?: string
  family?: string
  startedBy?: string
  /**
   * The `lastStatus`, where PENDING is every status before RUNNING. By default all tasks match that are not stopped.
   */
  status?: 'RUNNING' | 'PENDING' | 'STOPPED' | 'ALL'
}

export interface TaskFilter {
  status: TaskQuery['status']
  /** ECS's group of the service's tasks: `service:` and its name. */
  group: string | undefined
  family: string | undefined
  startedBy: string | undefined
  /** The cluster in the service's ARN; undefined when the query has no service, or only its name. */
  cluster: string | undefined
  /** The part of the filter that ListTasks applies: one parameter, because ListTasks rejects most pairs. */
  selection: TaskSelection
  /**
   * The desired statuses to list: each ListTasks call returns tasks of one. A task that is still stopping has the
   * desired status STOPPED, so both statuses are listed to find all tasks that have not stopped.
   */
  desiredStatuses: readonly ('RUNNING' | 'STOPPED')[]
  /** Whether stopped tasks match, some of which ECS may have forgotten. */
  includesStopped: boolean
}

export function parseTaskFilter({ service, family, startedBy, status }: TaskQuery): TaskFilter {
  return {
    status,
    group: service === undefined ? undefined : `service:${shortName(service)}`,
    family,
    startedBy,
    cluster: clusterOfArn(service ?? ''),
    selection: service ? { serviceName: shortName(service) } : family ? { family } : { startedBy },
    desiredStatuses: status === 'STOPPED' ? ['STOPPED'] : ['RUNNING', 'STOPPED'],
    includesStopped: status === 'STOPPED' || status === 'ALL',
  }
}

const statusesBeforeRunning = new Set(['PROVISIONING', 'PENDING', 'ACTIVATING'])

/** Whether a described task matches the filter. */
export function matchesTaskFilter(task: Task, filter: TaskFilter): boolean {
  const { lastStatus = '' } = task
  const hasStatus =
    filter.status === 'ALL' ||
    (filter.status === undefined && lastStatus !== 'STOPPED') ||
    (filter.status === 'PENDING' && statusesBeforeRunning.has(lastStatus)) ||
    filter.status === lastStatus
  return hasStatus && matchesOrigin(toIndexedTask(task), filter)
}

/** Whether an indexed task can match the filter. Its status may have changed since it was indexed. */
export function mayMatchTaskFilter(task: IndexedTask, filter: TaskFilter): boolean {
  const { status } = filter
  const canHaveStatus =
    status === 'ALL' ||
    status === 'STOPPED' ||
    statusesBeforeRunning.has(task.lastStatus) ||
    (status === 'RUNNING' && task.lastStatus === 'RUNNING') ||
    (status === undefined && task.lastStatus !== 'STOPPED')
  return canHaveStatus && matchesOrigin(task, filter)
}

/** Whether the members that never change match: group, family and `startedBy`. */
function matchesOrigin(task: IndexedTask, { group, family, startedBy }: TaskFilter): boolean {
  return (
    (group === undefined || task.group === group) &&
    (family === undefined || task.family === family) &&
    (startedBy === undefined || task.startedBy === startedBy)
  )
}
