/** Finding the task definition that a request means: `web` is its newest ACTIVE revision, `web:7` that one; or either as an ARN. */
import { familyAndRevision, foreignPart } from '@ecs-api/ecs-model'
import { AwsError } from '../../protocol/aws-error.ts'
import type { EcsState } from '../records/state.ts'
import type { TaskDefinitionRecord } from '../records/task-definition-record.ts'

/**
 * Undefined where there is none; an INACTIVE revision is found when it is named.
 * @throws AwsError InvalidParameterException when the revision is no number.
 */
export function findTaskDefinition(ecsState: EcsState, reference: string): TaskDefinitionRecord | undefined {
  if (!isOurs(ecsState, reference)) return undefined
  const { family, revision } = familyAndRevision(reference)
  return revision === undefined
    ? newestActive(ecsState, family)
    : ecsState.taskDefinitions.get(`${family}:${revisionNumber(revision)}`)
}

/** @throws AwsError InvalidParameterException when the reference has no revision, or one that is no number. */
export function findRevision(ecsState: EcsState, reference: string): TaskDefinitionRecord | undefined {
  if (familyAndRevision(reference).revision === undefined)
    throw new AwsError('InvalidParameterException', 'Revision is missing')
  return findTaskDefinition(ecsState, reference)
}

/** @throws AwsError for a definition that nothing new can run of; the exception differs by action. */
export function checkActive(
  { status }: TaskDefinitionRecord,
  code: 'ClientException' | 'InvalidParameterException',
): void {
  // Seen from RunTask (capture task_tags 42); for services by analogy.
  if (status === 'DELETE_IN_PROGRESS') throw new AwsError(code, 'TaskDefinition is being deleted')
  if (status !== 'ACTIVE') throw new AwsError(code, 'TaskDefinition is inactive')
}

/** Downwards from the newest ever registered: seldom more than a step or two, in a family of thousands too. */
function newestActive(ecsState: EcsState, family: string): TaskDefinitionRecord | undefined {
  if (ecsState.taskDefinitions.count('familyStatus', `${family} ACTIVE`) === 0) return undefined
  for (let revision = ecsState.newestRevisions.get(family) ?? 0; revision > 0; revision--) {
    const definition = ecsState.taskDefinitions.get(`${family}:${revision}`)
    if (definition?.status === 'ACTIVE') return definition
  }
  return undefined
}

function isOurs(ecsState: EcsState, reference: string): boolean {
  return !reference.startsWith('arn:') || foreignPart(reference, 'task-definition', ecsState) === undefined
}

function revisionNumber(revision: string): number {
  if (!/^\d{1,10}$/.test(revision))
    throw new AwsError('InvalidParameterException', 'Invalid task definition: Invalid revision number.')
  return Number(revision)
}
