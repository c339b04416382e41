/**
 * A task in the form of ECS's responses and events, as recorded from AWS. The stored task has more statuses than ECS
 * shows. Some of its members are shown only at a later status.
 */
import type { Container, Task } from '@aws-sdk/client-ecs'
import type { AwsJson } from '@ecs-api/ecs-model'
import type { TaskRecord, TaskStatus } from '../records/task-record.ts'

/** DescribeTasks shows the health of the task and of every container, started or not, and sorts containers by ARN. */
export function taskInDescribeTasksResponse(task: TaskRecord, { withTags }: { withTags: boolean }): AwsJson<Task> {
  const { tags = [], containers = [], healthStatus = 'UNKNOWN', ...rest } = taskAsShown(task)
  return {
    ...rest,
    healthStatus,
    containers: sortedByArn(containers).map((container) => ({
      ...container,
      healthStatus: container.healthStatus ?? 'UNKNOWN',
    })),
    tags: withTags ? tags : [],
  }
}

/** RunTask shows tags and no health, also in its response to a repeated client token. */
export function taskInRunTaskResponse(task: TaskRecord): AwsJson<Task> {
  const { tags = [], ...rest } = withoutHealth(taskAsShown(task))
  return { ...rest, tags }
}

/** StopTask shows no tags and no health. */
export function taskInStopTaskResponse(task: TaskRecord): AwsJson<Task> {
  return { ...withoutHealth(taskAsShown(task)), tags: [] }
}

/** For a task whose containers have already stopped, StopTask shows no containers, attachments and overrides. */
export function endedTaskInStopTaskResponse(task: TaskRecord): AwsJson<Task> {
  const { attributes: _, ...rest } = taskInStopTaskResponse(task)
  return {
    ...rest,
    attachments: [],
    containers: [],
    overrides: { containerOverrides: [], inferenceAcceleratorOverrides: [] },
  }
}

/**
 * The `detail` of a task's event on EventBridge. It lacks health, tags, network bindings, and members that ECS's API
 * got late.
 */
export function taskInEvent(task: TaskRecord): AwsJson<Task> {
  const {
    tags: _,
    platformFamily: __,
    fargateEphemeralStorage: ___,
    overrides = {},
    ...rest
  } = withoutHealth(taskAsShown(task))
  const { inferenceAcceleratorOverrides: ____, ...others } = overrides
  return {
    ...rest,
    attachments: (rest.attachments ?? []).map((attachment) => ({
      ...attachment,
      type: attachment.type === 'ElasticNetworkInterface' ? 'eni' : attachment.type,
    })),
    containers: sortedByArn(rest.containers ?? []).map(({ networkBindings: _____, ...container }) => container),
    overrides: others,
  }
}

/**
 * The status that ECS shows: starting containers are PENDING, and a stopping task keeps the status that it had before.
 */
export function statusAsShown({ lastStatus, startedAt }: Pick<TaskRecord, 'lastStatus' | 'startedAt'>): TaskStatus {
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
 * The task with the members that ECS shows in its status. Connectivity and pull times are shown once the task is
 * RUNNING or its containers have stopped, and a container's ids once the container has started.
 */
function taskAsShown({ internal: _, ...task }: TaskRecord): AwsJson<Task> {
  const lastStatus = statusAsShown(task)
  if (lastStatus !== 'PROVISIONING' && lastStatus !== 'PENDING') return { ...task, lastStatus }
  const {
    connectivity: __,
    connectivityAt: ___,
    pullStartedAt: ____,
    pullStoppedAt: _____,
    containers,
    ...membersBeforeRunning
  } = task
  return {
    ...membersBeforeRunning,
    lastStatus,
    containers: containers.map((container) => (container.lastStatus === 'PENDING' ? withoutIds(container) : container)),
  }
}

function withoutIds({ runtimeId: _, imageDigest: __, ...container }: AwsJson<Container>): AwsJson<Container> {
  return container
}

function withoutHealth({ healthStatus: _, containers = [], ...task }: AwsJson<Task>): AwsJson<Task> {
  return { ...task, containers: containers.map(({ healthStatus: __, ...container }) => container) }
}

function sortedByArn(containers: readonly AwsJson<Container>[]): AwsJson<Container>[] {
  return containers.toSorted((a, b) => ((a.containerArn ?? '') < (b.containerArn ?? '') ? -1 : 1))
}
