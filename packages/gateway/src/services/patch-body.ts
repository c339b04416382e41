/** The body of a service's PATCH: the members of UpdateService, `tags`, and changes to the task definition. */
import type { Service, Tag } from '@aws-sdk/client-ecs'
import { type ReadingFault, shortName } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import { addForeignReferenceErrors, addOtherClusterError } from '../clusters/body-references.ts'
import { addBoundaryTagErrors } from '../clusters/boundary-tag.ts'
import { BadRequest } from '../problems/problem.ts'
import { type Body, isObject, readBody, throwIfAnyFault } from '../shapes/body.ts'
import type { DefinitionPatch } from './patch-definition.ts'
import type { ServiceUpdate } from './update.ts'

/** A patch as read from the body, before it is compared with the service. */
export interface ServicePatch {
  /** Name or ARN of the cluster, from the path. */
  cluster: string
  /** Name or ARN of the service, from the path. */
  service: string
  /** The members of UpdateService. */
  update: Body
  /** `tags`, and the fields that only CreateService sets. */
  creationFields: Body
  /** Changes to the task definition; undefined when there are none. */
  definition: DefinitionPatch | undefined
}

/** Fields that only CreateService sets, so a patch cannot change them. */
const immutableFields = ['serviceName', 'launchType', 'schedulingStrategy'] as const

/** Members that change the task definition. */
const definitionMembers = ['containers', 'cpu', 'memory']

/**
 * Reads the body. Errors in it are collected until `requireValidPatch` throws them.
 * @throws BadRequest `BodyMissing`
 */
export async function readPatch(
  account: Account,
  cluster: string,
  service: string,
  body: unknown,
): Promise<ServicePatch> {
  const update = readBody('UpdateService', body, { nulls: 'remove', extraMembers: [...definitionMembers, 'tags'] })
  // A body that is no object is one error, which `update` has.
  const creationFields = readBody('CreateService', isObject(body) ? body : {}, {
    nulls: 'remove',
    only: ['tags', ...immutableFields, 'name'],
  })
  addOtherClusterError(update, cluster)
  addOtherServiceError(update, service)
  await addForeignReferenceErrors(account, update)
  addBoundaryTagErrors(account, creationFields)
  addBoundaryTagErrors(account, update)
  const given = Object.entries(update.extraMembers).filter(([member]) => definitionMembers.includes(member))
  const definition: DefinitionPatch | undefined = given.length > 0 ? Object.fromEntries(given) : undefined
  return { cluster, service, update, creationFields, definition }
}

/**
 * Adds an error for each immutable field that the patch would change. An unchanged value is no error: a client may send
 * back a service as a GET returned it.
 */
export function addImmutableFieldErrors({ creationFields }: ServicePatch, current: Service): void {
  const before: Record<string, unknown> = { ...current }
  for (const field of immutableFields) {
    const given = creationFields.input[field]
    if (given === undefined || before[field] === given) continue
    // ECS returns no launch type for a service that has a capacity provider strategy.
    if (field === 'launchType' && before[field] === undefined && given === 'FARGATE') continue
    creationFields.addError([field], `${field} cannot be changed: it is ${before[field] ?? 'not set'}`)
  }
}

interface PatchedInputs {
  current: Service
  update: ServiceUpdate
  tags: Tag[] | undefined
  /** Errors in the changes to the task definition. */
  faults: readonly ReadingFault[]
}

/**
 * Checks the inputs of the AWS calls that the patch needs against ECS's rules.
 * @throws BadRequest `InvalidBody` with all errors of the body at once
 */
export function requireValidPatch(patch: ServicePatch, { current, update, tags = [], faults }: PatchedInputs): void {
  const { creationFields, update: body, cluster, service } = patch
  throwIfAnyFault([
    ...faults,
    ...faultsIn(() => creationFields.throwIfInvalid('TagResource', { resourceArn: current.serviceArn, tags })),
    ...faultsIn(() => body.throwIfInvalid('UpdateService', { ...update, service: shortName(service), cluster })),
  ])
}

function faultsIn(check: () => void): ReadingFault[] {
  try {
    check()
    return []
  } catch (error) {
    if (!(error instanceof BadRequest)) throw error
    return (error.options.errors ?? []).flatMap((fault) => (fault.in === 'body' ? [fault] : []))
  }
}

function addOtherServiceError(body: Body, ref: string): void {
  const given = body.input.service
  if (typeof given === 'string' && shortName(given) !== shortName(ref))
    body.addError(['service'], `${given} is not the service in the path (${shortName(ref)})`)
}
