/**
 * A task as each answer and event of ECS shows it, as recorded. A task goes through more states here than anything shows, and keeps what it knows
 * as soon as it knows it; ECS tells part of that later.
 */
import type { Container, Task } from '@aws-sdk/client-ecs'
import type { Wire } from '@ecs-api/ecs-model'
import type { TaskRecord, TaskStatus } from '../records/task-record.ts'

/** DescribeTasks: with the health of the task and of every container, started or not, and containers in the order of their ARNs. */
export function describedTask(task: TaskRecord, { withTags }: { withTags: boolean }): Wire<Task> {
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

/** RunTask, its replay under a token too: with tags, without health. */
export function ranTask(task: TaskRecord): Wire<Task> {
  const { tags = [], ...rest } = withoutHealth(shown(task))
  return { ...rest, tags }
}

/** StopTask: without tags and health. */
export function stoppedTask(task: TaskRecord): Wire<Task> {
  return { ...withoutHealth(shown(task)), tags: [] }
}

/** StopTask of a task whose containers have stopped already: without what belongs to them. */
export function bareTask(task: TaskRecord): Wire<Task> {
  const { attributes: _, ...rest } = stoppedTask(task)
  return {
    ...rest,
    attachments: [],
    containers: [],
    overrides: { containerOverrides: [], inferenceAcceleratorOverrides: [] },
  }
}

/** The `detail` of a task's event on EventBridge: without health, bindings and the members that came to the API late. */
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
    attachments: (rest.attachments ?? []).map((one) => ({
      ...one,
      type: one.type === 'ElasticNetworkInterface' ? 'eni' : one.type,
    })),
    containers: byArn(rest.containers ?? []).map(({ networkBindings: _____, ...container }) => container),
    overrides: others,
  }
}

/** The status that ECS shows: containers start in PENDING, and are stopped in the status that the task had before. */
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

/** Connectivity and times come to be seen when the task is RUNNING or its containers have stopped; a container's ids when it has started. */
function shown({ engine: _, ...task }: TaskRecord): Wire<Task> {
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
    containers: containers.map((one) => (one.lastStatus === 'PENDING' ? withoutIds(one) : one)),
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
