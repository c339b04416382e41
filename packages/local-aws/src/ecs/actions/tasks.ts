/** The actions on tasks: run, stop, describe, list, protect. */
import type {
  DescribeTasksRequest,
  DescribeTasksResponse,
  GetTaskProtectionRequest,
  GetTaskProtectionResponse,
  ListTasksRequest,
  ListTasksResponse,
  ProtectedTask,
  StopTaskRequest,
  StopTaskResponse,
  UpdateTaskProtectionRequest,
  UpdateTaskProtectionResponse,
} from '@aws-sdk/client-ecs'
import { type AwsJson, familyAndRevision } from '@ecs-api/ecs-model'
import { toEpochSeconds } from '../../clock.ts'
import { AwsError } from '../../protocol/aws-error.ts'
import { pageOfOrderedList } from '../../protocol/pages.ts'
import type { TaskRecord } from '../records/task-record.ts'
import { stopCauses } from '../tasks/stop-reasons.ts'
import {
  endedTaskInStopTaskResponse,
  taskInDescribeTasksResponse,
  taskInStopTaskResponse,
} from '../tasks/task-answer.ts'
import { stopWithCause, withChange } from '../tasks/task-changes.ts'
import type { ActionContext, Actions } from './action.ts'
import { getCluster } from './cluster-reference.ts'
import { runTask } from './run-task.ts'
import { getService } from './service-reference.ts'
import { taskArnOf } from './task-reference.ts'

export const taskActions = {
  RunTask: runTask,
  StopTask: stopTask,
  DescribeTasks: describeTasks,
  ListTasks: listTasks,
  GetTaskProtection: getTaskProtection,
  UpdateTaskProtection: updateTaskProtection,
} satisfies Actions

const MAX_DESCRIBED = 100
const MAX_PROTECTED = 10
/** How long a protection lasts (API Reference, UpdateTaskProtection). */
const PROTECTION_MINUTES = { default: 120, min: 1, max: 2880 }

function stopTask(context: ActionContext, input: AwsJson<StopTaskRequest>): AwsJson<StopTaskResponse> {
  const { ecsTables, clock } = context
  const arn = taskArnOf(ecsTables, getCluster(ecsTables, input.cluster), input.task ?? '')
  const task = ecsTables.tasks.get(arn)
  if (!task) throw new AwsError('InvalidParameterException', 'The referenced task was not found.')
  if (task.desiredStatus === 'STOPPED') {
    const hasEnded = task.lastStatus === 'DEPROVISIONING' || task.lastStatus === 'STOPPED'
    return { task: hasEnded ? endedTaskInStopTaskResponse(task) : taskInStopTaskResponse(task) }
  }
  const stopped = withChange(task, stopWithCause(task, stopCauses.byUser(input.reason), clock.now()))
  ecsTables.tasks.set(arn, stopped)
  context.scheduler.wakeTask(ecsTables, arn)
  if (task.internal.service) context.scheduler.reconcileSoon(ecsTables, task.internal.service)
  return { task: taskInStopTaskResponse(stopped) }
}

function describeTasks(
  { ecsTables, readView }: ActionContext,
  input: AwsJson<DescribeTasksRequest>,
): AwsJson<DescribeTasksResponse> {
  const { tasks: references = [], include = [] } = input
  const cluster = getCluster(ecsTables, input.cluster, readView)
  if (references.length === 0) throw new AwsError('InvalidParameterException', 'Tasks cannot be empty.')
  if (references.length > MAX_DESCRIBED)
    throw new AwsError('InvalidParameterException', `tasks can have at most ${MAX_DESCRIBED} items.`)
  const arns = [...new Set(references.map((reference) => taskArnOf(ecsTables, cluster, reference)))]
  const withTags = include.includes('TAGS')
  return {
    tasks: arns.flatMap((arn) => {
      const task = readView.tasks.get(arn)
      return task ? taskInDescribeTasksResponse(task, { withTags }) : []
    }),
    failures: arns.filter((arn) => !readView.tasks.get(arn)).map((arn) => ({ arn, reason: 'MISSING' })),
  }
}

function listTasks(context: ActionContext, input: AwsJson<ListTasksRequest>): AwsJson<ListTasksResponse> {
  const { ecsTables, readView } = context
  const { containerInstance, daemonName, desiredStatus = 'RUNNING', family, launchType, startedBy, serviceName } = input
  // aws/aws-sdk-go-v2#1893
  if (
    startedBy !== undefined &&
    [containerInstance, family, launchType, serviceName].some((other) => other !== undefined)
  )
    throw new AwsError('InvalidParameterException', 'cannot specify startedBy with other arguments')
  const { clusterArn } = getCluster(ecsTables, input.cluster, readView)
  const requestedServiceArn =
    serviceName === undefined
      ? undefined
      : getService(context, { cluster: input.cluster, service: serviceName }).serviceArn
  const candidatesAfter = (after: string | undefined) =>
    requestedServiceArn
      ? readView.tasks.inKeyOrder('ofService', requestedServiceArn, after)
      : startedBy !== undefined
        ? readView.tasks.inKeyOrder('startedBy', startedBy, after)
        : readView.tasks.inKeyOrder('cluster', clusterArn, after)
  const matches = (task: TaskRecord) =>
    task.clusterArn === clusterArn &&
    task.desiredStatus === desiredStatus &&
    // This engine has neither container instances nor daemons.
    containerInstance === undefined &&
    daemonName === undefined &&
    (family === undefined || familyAndRevision(task.taskDefinitionArn).family === family) &&
    (launchType === undefined || task.launchType === launchType)
  const { items, nextToken } = pageOfOrderedList((after) => candidatesAfter(after).filter(matches), input, {
    keyOf: (task) => task.taskArn,
  })
  return { taskArns: items.map((task) => task.taskArn), nextToken }
}

function getTaskProtection(
  { ecsTables, readView, clock }: ActionContext,
  input: AwsJson<GetTaskProtectionRequest>,
): AwsJson<GetTaskProtectionResponse> {
  const cluster = getCluster(ecsTables, input.cluster, readView)
  const arns = (input.tasks ?? []).map((reference) => taskArnOf(ecsTables, cluster, reference))
  if (arns.length === 0) throw new AwsError('InvalidParameterException', 'Tasks cannot be empty.')
  if (arns.length > MAX_DESCRIBED)
    throw new AwsError('InvalidParameterException', `tasks can have at most ${MAX_DESCRIBED} items.`)
  return protectionResponse(arns, (arn) => readView.tasks.get(arn), clock.now())
}

function updateTaskProtection(
  context: ActionContext,
  input: AwsJson<UpdateTaskProtectionRequest>,
): AwsJson<UpdateTaskProtectionResponse> {
  const { ecsTables, clock, scheduler } = context
  const { protectionEnabled = false, expiresInMinutes = PROTECTION_MINUTES.default, tasks: references = [] } = input
  const cluster = getCluster(ecsTables, input.cluster)
  if (references.length === 0) throw new AwsError('InvalidParameterException', 'Tasks cannot be empty.')
  if (references.length > MAX_PROTECTED)
    throw new AwsError('InvalidParameterException', `tasks can have at most ${MAX_PROTECTED} items.`)
  if (
    !Number.isInteger(expiresInMinutes) ||
    expiresInMinutes < PROTECTION_MINUTES.min ||
    expiresInMinutes > PROTECTION_MINUTES.max
  )
    throw new AwsError(
      'InvalidParameterException',
      `expiresInMinutes must be between ${PROTECTION_MINUTES.min} and ${PROTECTION_MINUTES.max}.`,
    )
  const arns = references.map((reference) => taskArnOf(ecsTables, cluster, reference))
  for (const arn of arns) {
    const task = ecsTables.tasks.get(arn)
    if (!task || !canBeProtected(task)) continue
    const { protectedUntil: _, ...unprotected } = task.internal
    // DescribeTasks does not show the protection, so the task keeps its version.
    ecsTables.tasks.set(arn, {
      ...task,
      internal: protectionEnabled
        ? { ...unprotected, protectedUntil: clock.now() + expiresInMinutes * 60_000 }
        : unprotected,
    })
    scheduler.reconcileSoon(ecsTables, task.internal.service)
  }
  return protectionResponse(arns, (arn) => ecsTables.tasks.get(arn), clock.now())
}

/** Only tasks of a service are scaled in, so only those can be protected. */
function canBeProtected(task: TaskRecord): task is TaskRecord & { internal: { service: string } } {
  return task.internal.service !== undefined && task.desiredStatus === 'RUNNING'
}

function protectionResponse(arns: readonly string[], taskOf: (arn: string) => TaskRecord | undefined, now: number) {
  const protectedTasks: AwsJson<ProtectedTask>[] = []
  const failures: { arn: string; reason: string; detail?: string }[] = []
  for (const arn of arns) {
    const task = taskOf(arn)
    if (!task) failures.push({ arn, reason: 'MISSING' })
    else if (!canBeProtected(task)) failures.push({ arn, reason: 'TASK_NOT_VALID' })
    else {
      const until = task.internal.protectedUntil ?? 0
      protectedTasks.push({
        taskArn: arn,
        protectionEnabled: until > now,
        ...(until > now && { expirationDate: toEpochSeconds(until) }),
      })
    }
  }
  return { protectedTasks, failures }
}
