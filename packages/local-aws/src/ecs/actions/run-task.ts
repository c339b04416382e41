import { createHash } from 'node:crypto'
import type { RunTaskRequest, RunTaskResponse } from '@aws-sdk/client-ecs'
import type { AwsJson } from '@ecs-api/ecs-model'
import { AwsError } from '../../protocol/aws-error.ts'
import type { ClusterRecord } from '../records/cluster-record.ts'
import type { EcsTables } from '../records/ecs-tables.ts'
import type { TaskRecord } from '../records/task-record.ts'
import { chooseProviders } from '../scheduler/strategy-spread.ts'
import { newTask } from '../tasks/new-task.ts'
import { resolvedPlatformVersion } from '../tasks/platform-version.ts'
import { taskInRunTaskResponse } from '../tasks/task-answer.ts'
import { checkOverrides } from '../tasks/task-overrides.ts'
import { tagsOfTask } from '../tasks/task-tags.ts'
import type { ActionContext } from './action.ts'
import { checkAfterLookup } from './check-input.ts'
import { getActiveCluster } from './cluster-reference.ts'
import { checkCanRunOn, chooseCapacity } from './launch-type.ts'
import { checkTags } from './tag-rules.ts'
import { checkDefinitionActive, findTaskDefinition } from './task-definition-reference.ts'

/** ECS keeps a client token for 24 hours (ECS Developer Guide, "Ensuring idempotency"). */
const TOKEN_KEPT_MS = 86_400_000

/**
 * RunTask: stores new tasks and wakes their task runs. A repeated request with the same client token gets the same
 * tasks. The checks are in ECS's order.
 * @throws AwsError in ECS's words.
 */
export function runTask(context: ActionContext, input: AwsJson<RunTaskRequest>): AwsJson<RunTaskResponse> {
  const { ecsTables, clock } = context
  const definition = findTaskDefinition(ecsTables, input.taskDefinition ?? '')
  if (!definition) throw new AwsError('ClientException', 'TaskDefinition not found.')
  // ECS checks this before the client token (AWS response recorded as task_tags 39, 42).
  checkDefinitionActive(definition, 'InvalidParameterException')
  const cluster = getActiveCluster(ecsTables, input.cluster)
  const earlierTasks = findTasksOfToken(context, cluster, input)
  if (earlierTasks) return { tasks: earlierTasks.map(taskInRunTaskResponse), failures: [] }

  checkTags(input.tags ?? [])
  checkOverrides(definition, input.overrides)
  const capacity = chooseCapacity(cluster, input)
  checkCanRunOn(definition, capacity, input.networkConfiguration)
  checkAfterLookup(ecsTables, 'RunTask', input, { cluster, definition })
  if (capacity.launchType === 'EC2')
    throw new AwsError('InvalidParameterException', 'No Container Instances were found in your cluster.')

  const tasks = chooseProviders(
    capacity.strategy.map(({ capacityProvider = '', base = 0, weight = 0 }) => ({ capacityProvider, base, weight })),
    input.count ?? 1,
  ).map((capacityProvider) => {
    const task = newTask(
      { ...context, runtime: context.scheduler.runtime },
      {
        clusterArn: cluster.clusterArn,
        definition,
        group: input.group ?? `family:${definition.family}`,
        startedBy: input.startedBy,
        capacityProvider,
        platformVersion: resolvedPlatformVersion(input.platformVersion, definition),
        network: input.networkConfiguration?.awsvpcConfiguration ?? { subnets: [] },
        overrides: input.overrides,
        tags: tagsOfTask(input.tags ?? [], definition, {
          clusterArn: cluster.clusterArn,
          withDefinitionTags: input.propagateTags === 'TASK_DEFINITION',
          withManagedTags: input.enableECSManagedTags ?? false,
        }),
        enableExecuteCommand: input.enableExecuteCommand ?? false,
        withoutEffect: fieldsWithoutEffect(input),
      },
    )
    ecsTables.tasks.set(task.taskArn, task)
    context.scheduler.wakeTask(ecsTables, task.taskArn)
    return task
  })
  if (input.clientToken !== undefined)
    ecsTables.runTaskTokens.set(tokenKey(cluster, input.clientToken), {
      key: tokenKey(cluster, input.clientToken),
      taskArns: tasks.map((task) => task.taskArn),
      input: requestHash(input),
      at: clock.now(),
    })
  return { tasks: tasks.map(taskInRunTaskResponse), failures: [] }
}

/**
 * The tasks of an earlier request with the same client token, in their present state.
 * @throws AwsError ConflictException when the earlier request was different.
 */
function findTasksOfToken(
  { ecsTables, clock }: ActionContext,
  cluster: ClusterRecord,
  input: AwsJson<RunTaskRequest>,
): TaskRecord[] | undefined {
  if (input.clientToken === undefined) return undefined
  deleteExpiredTokens(ecsTables, clock.now() - TOKEN_KEPT_MS)
  const stored = ecsTables.runTaskTokens.get(tokenKey(cluster, input.clientToken))
  if (!stored) return undefined
  if (stored.input !== requestHash(input))
    throw new AwsError(
      'ConflictException',
      'The RunTask request could not be processed due to conflicts. The provided clientToken is already in use with a different request.',
      { members: { resourceIds: stored.taskArns } },
    )
  return stored.taskArns.flatMap((arn) => ecsTables.tasks.get(arn) ?? [])
}

/**
 * Checks the ten oldest tokens. It is called for each request, so tokens are deleted faster than they are added.
 * @param oldestKept tokens from before this time are deleted (milliseconds since 1970)
 */
function deleteExpiredTokens({ runTaskTokens }: EcsTables, oldestKept: number): void {
  let checked = 0
  for (const { key, at } of runTaskTokens.values()) {
    if (at < oldestKept) runTaskTokens.delete(key)
    if (++checked === 10) return
  }
}

const tokenKey = ({ clusterArn }: ClusterRecord, token: string) => `${clusterArn} ${token}`

/** A hash of the request. It is equal for requests that differ only in the order of their members. */
export function requestHash(input: object): string {
  return createHash('sha256')
    .update(JSON.stringify(withSortedMembers(input)))
    .digest('base64')
}

function withSortedMembers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withSortedMembers)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, withSortedMembers(item)]),
  )
}

/** The given fields that would have an effect on ECS and have none on this engine. */
function fieldsWithoutEffect(input: AwsJson<RunTaskRequest>): string[] {
  const { volumeConfigurations, placementConstraints, placementStrategy } = input
  return Object.entries({ volumeConfigurations, placementConstraints, placementStrategy }).flatMap(([name, value]) =>
    value?.length ? [name] : [],
  )
}
