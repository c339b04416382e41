/**
 * A task as ECS's responses and events show it, as recorded. The stored task has more states than ECS shows, and has
 * each fact as soon as it is known; ECS shows some facts later.
 */
import type { Container, Task } from '@aws-sdk/client-ecs'
import type { Wire } from '@ecs-api/ecs-model'
import type { TaskRecord, TaskStatus } from '../records/task-record.ts'

/** DescribeTasks shows the health of the task and of every container, started or not, and sorts containers by ARN. */
export function taskInDescribeTasks(task: TaskRecord, { withTags }: { withTags: boolean }): Wire<Task> {
  const { tags = [], containers = [], healthStatus = 'UNKNOWN', ...rest } = shown(task)
  return {
    ...rest,
    healthStatus,
    containers: byArn(containers).map((container) => ({
      ...container,
      healthStatus: container.healthStatus ?? 'UNKNOWN',
    })),
    tags: withTags ? tags : [],
  }
}

/** RunTask shows tags and no health, also when a repeated client token replays its response. */
export function taskInRunTask(task: TaskRecord): Wire<Task> {
  const { tags = [], ...rest } = withoutHealth(shown(task))
  return { ...rest, tags }
}

/** StopTask shows no tags and no health. */
export function taskInStopTask(task: TaskRecord): Wire<Task> {
  return { ...withoutHealth(shown(task)), tags: [] }
}

/** StopTask of a task whose containers have already stopped shows nothing that belongs to them. */
export function stoppedTaskInStopTask(task: TaskRecord): Wire<Task> {
  const { attributes: _, ...rest } = taskInStopTask(task)
  return {
    ...rest,
    attachments: [],
    containers: [],
    overrides: { containerOverrides: [], inferenceAcceleratorOverrides: [] },
  }
}

/**
 * The `detail` of a task's event on EventBridge: without health, network bindings, and the members that were added to
 * the API late.
 */
export function taskInEvent(task: TaskRecord): Wire<Task> {
  const {
    tags: _,
    platformFamily: __,
    fargateEphemeralStorage: ___,
    overrides = {},
    ...rest
  } = withoutHealth(shown(task))
  const { inferenceAcceleratorOverrides: ____, ...others } = overrides
  return {
    ...rest,
    attachments: (rest.attachments ?? []).map((attachment) => ({
      ...attachment,
      type: attachment.type === 'ElasticNetworkInterface' ? 'eni' : attachment.type,
    })),
    containers: byArn(rest.containers ?? []).map(({ networkBindings: _____, ...container }) => container),
    overrides: others,
  }
}

/**
 * The status that ECS shows: starting containers are PENDING, and a stopping task keeps the status that it had before.
 */
export function shownStatus({ lastStatus, startedAt }: Pick<TaskRecord, 'lastStatus' | 'startedAt'>): TaskStatus {
  switch (lastStatus) {
    case 'ACTIVATING':
      return 'PENDING'
    case 'DEACTIVATING':
    case 'STOPPING':
      return startedAt === undefined ? 'PENDING' : 'RUNNING'
    default:
      return lastStatus
  }
}

/**
 * ECS shows connectivity and pull times once the task is RUNNING or its containers have stopped, and a container's ids
 * once it has started.
 */
function shown({ engineState: _, ...task }: TaskRecord): Wire<Task> {
  const lastStatus = shownStatus(task)
  if (lastStatus !== 'PROVISIONING' && lastStatus !== 'PENDING') return { ...task, lastStatus }
  const {
    connectivity: __,
    connectivityAt: ___,
    pullStartedAt: ____,
    pullStoppedAt: _____,
    containers,
    ...early
  } = task
  return {
    ...early,
    lastStatus,
    containers: containers.map((container) => (container.lastStatus === 'PENDING' ? withoutIds(container) : container)),
  }
}

function withoutIds({ runtimeId: _, imageDigest: __, ...container }: Wire<Container>): Wire<Container> {
  return container
}

function withoutHealth({ healthStatus: _, containers = [], ...task }: Wire<Task>): Wire<Task> {
  return { ...task, containers: containers.map(({ healthStatus: __, ...container }) => container) }
}

function byArn(containers: readonly Wire<Container>[]): Wire<Container>[] {
  return containers.toSorted((a, b) => ((a.containerArn ?? '') < (b.containerArn ?? '') ? -1 : 1))
}
