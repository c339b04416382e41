/** The filter of a task list: as the query has it, and as ListTasks and the gateway apply it. */
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
  /** By `lastStatus`; PENDING is every status before RUNNING. Without it, all tasks match that are not stopped. */
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
  /** The part of the filter that ListTasks applies. It accepts only some pairs of filters, so it gets one. */
  selection: TaskSelection
  /**
   * ListTasks returns tasks of one desired status at a time. A task that is still stopping has the desired status
   * STOPPED, so both are listed for tasks that have not stopped.
   */
  desiredStatuses: readonly ('RUNNING' | 'STOPPED')[]
  /** Whether stopped tasks match, some of which ECS may have forgotten. */
  includesStopped: boolean
}

export function parseFilter({ service, family, startedBy, status }: TaskQuery): TaskFilter {
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

const beforeRunning = new Set(['PROVISIONING', 'PENDING', 'ACTIVATING'])

/** Whether a task matches, by its description. */
export function matchesFilter(task: Task, filter: TaskFilter): boolean {
  const { lastStatus = '' } = task
  const hasStatus =
    filter.status === 'ALL' ||
    (filter.status === undefined && lastStatus !== 'STOPPED') ||
    (filter.status === 'PENDING' && beforeRunning.has(lastStatus)) ||
    filter.status === lastStatus
  return hasStatus && matchesOrigin(toIndexedTask(task), filter)
}

/** Whether an indexed task can match: its status may be a later one by now. */
export function mayMatchFilter(task: IndexedTask, filter: TaskFilter): boolean {
  const { status } = filter
  const canHaveStatus =
    status === 'ALL' ||
    status === 'STOPPED' ||
    beforeRunning.has(task.lastStatus) ||
    (status === 'RUNNING' && task.lastStatus === 'RUNNING') ||
    (status === undefined && task.lastStatus !== 'STOPPED')
  return canHaveStatus && matchesOrigin(task, filter)
}

/** Whether group, family and `startedBy` match, which never change. */
function matchesOrigin(task: IndexedTask, { group, family, startedBy }: TaskFilter): boolean {
  return (
    (group === undefined || task.group === group) &&
    (family === undefined || task.family === family) &&
    (startedBy === undefined || task.startedBy === startedBy)
  )
}
