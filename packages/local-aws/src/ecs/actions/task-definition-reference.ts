/**
 * Finds the task definition that a request refers to. `web` is the newest ACTIVE revision, `web:7` is revision 7; both
 * can be ARNs.
 */
import { familyAndRevision, foreignPart } from '@ecs-api/ecs-model'
import { AwsError } from '../../protocol/aws-error.ts'
import type { EcsState } from '../records/state.ts'
import type { TaskDefinitionRecord } from '../records/task-definition-record.ts'

/**
 * Undefined when there is no such definition. An INACTIVE revision is found by its number.
 * @throws AwsError InvalidParameterException when the revision is not a number.
 */
export function findTaskDefinition(ecsState: EcsState, reference: string): TaskDefinitionRecord | undefined {
  if (!isOfThisAccount(ecsState, reference)) return undefined
  const { family, revision } = familyAndRevision(reference)
  return revision === undefined
    ? newestActive(ecsState, family)
    : ecsState.taskDefinitions.get(`${family}:${revisionNumber(revision)}`)
}

/**
 * Finds a revision by its number.
 * @throws AwsError InvalidParameterException when the reference has no revision, or one that is not a number.
 */
export function findRevision(ecsState: EcsState, reference: string): TaskDefinitionRecord | undefined {
  if (familyAndRevision(reference).revision === undefined)
    throw new AwsError('InvalidParameterException', 'Revision is missing')
  return findTaskDefinition(ecsState, reference)
}

/** @throws AwsError with this code for a definition that is not ACTIVE. The code differs by action. */
export function checkActive(
  { status }: TaskDefinitionRecord,
  code: 'ClientException' | 'InvalidParameterException',
): void {
  // The text was recorded from RunTask (capture task_tags 42), not from the actions on services.
  if (status === 'DELETE_IN_PROGRESS') throw new AwsError(code, 'TaskDefinition is being deleted')
  if (status !== 'ACTIVE') throw new AwsError(code, 'TaskDefinition is inactive')
}

/**
 * Counts down from the newest revision ever registered: usually one or two steps, even in a family of thousands of
 * revisions.
 */
function newestActive(ecsState: EcsState, family: string): TaskDefinitionRecord | undefined {
  if (ecsState.taskDefinitions.count('familyStatus', `${family} ACTIVE`) === 0) return undefined
  for (let revision = ecsState.newestRevisions.get(family) ?? 0; revision > 0; revision--) {
    const definition = ecsState.taskDefinitions.get(`${family}:${revision}`)
    if (definition?.status === 'ACTIVE') return definition
  }
  return undefined
}

function isOfThisAccount(ecsState: EcsState, reference: string): boolean {
  return !reference.startsWith('arn:') || foreignPart(reference, 'task-definition', ecsState) === undefined
}

function revisionNumber(revision: string): number {
  if (!/^\d{1,10}$/.test(revision))
    throw new AwsError('InvalidParameterException', 'Invalid task definition: Invalid revision number.')
  return Number(revision)
}
