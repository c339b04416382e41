/** The actions on registered task definitions: describe, list, deregister, delete. */
import type {
  DeleteTaskDefinitionsRequest,
  DeleteTaskDefinitionsResponse,
  DeregisterTaskDefinitionRequest,
  DeregisterTaskDefinitionResponse,
  DescribeTaskDefinitionRequest,
  DescribeTaskDefinitionResponse,
  ListTaskDefinitionFamiliesRequest,
  ListTaskDefinitionFamiliesResponse,
  ListTaskDefinitionsRequest,
  ListTaskDefinitionsResponse,
  TaskDefinition,
} from '@aws-sdk/client-ecs'
import { type AwsJson, familyAndRevision } from '@ecs-api/ecs-model'
import { toEpochSeconds } from '../../clock.ts'
import { AwsError } from '../../protocol/aws-error.ts'
import { ascending, descending, pageOfList } from '../../protocol/pages.ts'
import type { EcsTables } from '../records/ecs-tables.ts'
import type { TaskDefinitionRecord } from '../records/task-definition-record.ts'
import type { ActionContext, Actions } from './action.ts'
import { registerTaskDefinition, taskDefinitionResponse } from './register-task-definition.ts'
import { findDefinitionByRevision, findTaskDefinition } from './task-definition-reference.ts'

export const taskDefinitionActions = {
  RegisterTaskDefinition: registerTaskDefinition,
  DescribeTaskDefinition: describeTaskDefinition,
  ListTaskDefinitions: listTaskDefinitions,
  ListTaskDefinitionFamilies: listTaskDefinitionFamilies,
  DeregisterTaskDefinition: deregisterTaskDefinition,
  DeleteTaskDefinitions: deleteTaskDefinitions,
} satisfies Actions

const MAX_DELETED = 10

function describeTaskDefinition(
  { ecsTables }: ActionContext,
  input: AwsJson<DescribeTaskDefinitionRequest>,
): AwsJson<DescribeTaskDefinitionResponse> {
  const definition = findTaskDefinition(ecsTables, input.taskDefinition ?? '')
  if (!definition) throw new AwsError('ClientException', 'Unable to describe task definition.')
  const { taskDefinition } = taskDefinitionResponse(definition)
  return { taskDefinition, tags: input.include?.includes('TAGS') ? definition.tags : [] }
}

function listTaskDefinitions(
  { ecsTables }: ActionContext,
  input: AwsJson<ListTaskDefinitionsRequest>,
): AwsJson<ListTaskDefinitionsResponse> {
  const { familyPrefix, status = 'ACTIVE', sort = 'ASC' } = input
  // The family's whole name, despite the parameter's name (API Reference, ListTaskDefinitions).
  const definitions =
    familyPrefix === undefined
      ? ecsTables.taskDefinitions.allByIndex('status', status)
      : ecsTables.taskDefinitions.allByIndex('familyStatus', `${familyPrefix} ${status}`)
  const { items, nextToken } = pageOfList(definitions, input, {
    keyOf: listKey,
    compare: sort === 'DESC' ? descending : ascending,
    tokenOf: (key) => key.replace(' ', '::'),
    keyOfToken: (token) => (/^[\w-]{1,255}::\d{10}$/.test(token) ? token.replace('::', ' ') : undefined),
  })
  return { taskDefinitionArns: items.map((definition) => definition.taskDefinitionArn), nextToken }
}

/**
 * The key by which ECS sorts definitions. A space instead of the two colons of ECS's token sorts `web` before `web-2`;
 * digits are padded so that they sort as numbers.
 */
function listKey({ family, revision }: TaskDefinitionRecord): string {
  return `${family} ${String(revision).padStart(10, '0')}`
}

/**
 * By default all families are listed. INACTIVE lists families without an ACTIVE revision (API Reference). A family
 * whose revisions are being deleted is still listed.
 */
function listTaskDefinitionFamilies(
  { ecsTables }: ActionContext,
  input: AwsJson<ListTaskDefinitionFamiliesRequest>,
): AwsJson<ListTaskDefinitionFamiliesResponse> {
  const { familyPrefix = '', status = 'ALL' } = input
  const isActive = (family: string) => ecsTables.taskDefinitions.countByIndex('familyStatus', `${family} ACTIVE`) > 0
  const families = [...ecsTables.taskDefinitions.indexedValues('family')].filter(
    (family) => family.startsWith(familyPrefix) && (status === 'ALL' || (status === 'ACTIVE') === isActive(family)),
  )
  const { items, nextToken } = pageOfList(families, input, { keyOf: (family) => family })
  return { families: items, nextToken }
}

function deregisterTaskDefinition(
  { ecsTables, clock }: ActionContext,
  input: AwsJson<DeregisterTaskDefinitionRequest>,
): AwsJson<DeregisterTaskDefinitionResponse> {
  const definition = findDefinitionByRevision(ecsTables, input.taskDefinition ?? '')
  if (!definition) throw new AwsError('ClientException', 'The specified task definition does not exist.')
  if (definition.status === 'DELETE_IN_PROGRESS')
    throw new AwsError(
      'ClientException',
      'The task definition could not be deregistered because it is in the process of being deleted.',
    )
  if (definition.status !== 'ACTIVE') return { taskDefinition: withPreviousStatus(definition, definition) }
  const inactive: TaskDefinitionRecord = { ...definition, status: 'INACTIVE' }
  // ECS's first response lacks `deregisteredAt`; every later one has it.
  storeDefinition(ecsTables, { ...inactive, deregisteredAt: toEpochSeconds(clock.now()) })
  return { taskDefinition: withPreviousStatus(inactive, definition) }
}

/**
 * Deregistering and deleting return the definition with the status that it had before, in a member that the SDK's model
 * lacks.
 */
function withPreviousStatus(
  definition: TaskDefinitionRecord,
  definitionBefore: TaskDefinitionRecord,
): AwsJson<TaskDefinition> & { previousStatus: string } {
  return { ...taskDefinitionResponse(definition).taskDefinition, previousStatus: definitionBefore.status }
}

function deleteTaskDefinitions(
  { ecsTables }: ActionContext,
  input: AwsJson<DeleteTaskDefinitionsRequest>,
): AwsJson<DeleteTaskDefinitionsResponse> {
  const references = input.taskDefinitions ?? []
  // The text was not recorded from ECS.
  if (references.length > MAX_DELETED)
    throw new AwsError('InvalidParameterException', `taskDefinitions can have at most ${MAX_DELETED} items.`)
  const taskDefinitions: AwsJson<TaskDefinition>[] = []
  const failures: { arn: string; reason: string }[] = []
  for (const reference of references) {
    const foundOrReason = findDeletable(ecsTables, reference)
    if (typeof foundOrReason === 'string') {
      failures.push({ arn: reference, reason: foundOrReason })
      continue
    }
    // The model has a `deleteRequestedAt`, but recorded responses of ECS lack it.
    const deleted: TaskDefinitionRecord = { ...foundOrReason, status: 'DELETE_IN_PROGRESS' }
    storeDefinition(ecsTables, deleted)
    taskDefinitions.push(withPreviousStatus(deleted, foundOrReason))
  }
  return { taskDefinitions, failures }
}

/** The revision, or the reason why it cannot be deleted, in ECS's words. */
function findDeletable(ecsTables: EcsTables, reference: string): TaskDefinitionRecord | string {
  if (!/^\d+$/.test(familyAndRevision(reference).revision ?? ''))
    return 'The specified task definition identifier is invalid. Specify a valid name or ARN and try again.'
  const definition = findTaskDefinition(ecsTables, reference)
  if (!definition)
    return 'The specified task definition does not exist. Specify a valid account, family, revision and try again.'
  if (definition.status === 'ACTIVE')
    return 'The specified task definition is still in ACTIVE status. Please deregister the target and try again.'
  return definition
}

function storeDefinition(ecsTables: EcsTables, definition: TaskDefinitionRecord): void {
  ecsTables.taskDefinitions.set(`${definition.family}:${definition.revision}`, definition)
}
