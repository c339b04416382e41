/**
 * Finds the task definition that a request refers to. `web` is the newest ACTIVE revision, `web:7` is revision 7; both
 * can be ARNs.
 */
import { differingArnPart, familyAndRevision } from '@ecs-api/ecs-model'
import { AwsError } from '../../protocol/aws-error.ts'
import type { EcsTables } from '../records/ecs-tables.ts'
import type { TaskDefinitionRecord } from '../records/task-definition-record.ts'

/**
 * Undefined when there is no such definition. An INACTIVE revision is found by its number.
 * @throws AwsError InvalidParameterException when the revision is not a number.
 */
export function findTaskDefinition(ecsTables: EcsTables, reference: string): TaskDefinitionRecord | undefined {
  if (!isOfThisAccount(ecsTables, reference)) return undefined
  const { family, revision } = familyAndRevision(reference)
  return revision === undefined
    ? findNewestActive(ecsTables, family)
    : ecsTables.taskDefinitions.get(`${family}:${revisionNumber(revision)}`)
}

/**
 * Finds a revision by its number.
 * @throws AwsError InvalidParameterException when the reference has no revision, or one that is not a number.
 */
export function findDefinitionByRevision(ecsTables: EcsTables, reference: string): TaskDefinitionRecord | undefined {
  if (familyAndRevision(reference).revision === undefined)
    throw new AwsError('InvalidParameterException', 'Revision is missing')
  return findTaskDefinition(ecsTables, reference)
}

/** @throws AwsError with this code for a definition that is not ACTIVE. The code differs by action. */
export function checkDefinitionActive(
  { status }: TaskDefinitionRecord,
  code: 'ClientException' | 'InvalidParameterException',
): void {
  // The text was recorded from RunTask (AWS response recorded as task_tags 42), not from the actions on services.
  if (status === 'DELETE_IN_PROGRESS') throw new AwsError(code, 'TaskDefinition is being deleted')
  if (status !== 'ACTIVE') throw new AwsError(code, 'TaskDefinition is inactive')
}

/**
 * Counts down from the newest revision ever registered: usually one or two steps, even in a family of thousands of
 * revisions.
 */
function findNewestActive(ecsTables: EcsTables, family: string): TaskDefinitionRecord | undefined {
  if (ecsTables.taskDefinitions.countByIndex('familyStatus', `${family} ACTIVE`) === 0) return undefined
  for (let revision = ecsTables.newestRevisions.get(family) ?? 0; revision > 0; revision--) {
    const definition = ecsTables.taskDefinitions.get(`${family}:${revision}`)
    if (definition?.status === 'ACTIVE') return definition
  }
  return undefined
}

function isOfThisAccount(ecsTables: EcsTables, reference: string): boolean {
  return !reference.startsWith('arn:') || differingArnPart(reference, 'task-definition', ecsTables) === undefined
}

function revisionNumber(revision: string): number {
  if (!/^\d{1,10}$/.test(revision))
    throw new AwsError('InvalidParameterException', 'Invalid task definition: Invalid revision number.')
  return Number(revision)
}
