import type { RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs'
import type { Account } from '../aws/account.ts'
import { rejectBoundaryViolations, withBoundaryTag } from '../clusters/boundary-tag.ts'
import { type Caller, requireFamily } from '../http/caller.ts'
import { type Body, readBody } from '../shapes/body.ts'
import { containsAll } from '../shapes/same.ts'
import { withFargateDefaults } from './fargate.ts'
import { findTaskDefinition, nameOf, type TaggedDefinition } from './get.ts'
import { presentTaskDefinition, type TaskDefinitionResource } from './schema.ts'

/**
 * Registers a new revision. Fields that the body leaves out get Fargate's defaults.
 * @param firstTryAt start of the first try, when the request repeats one: a revision that it registered is returned
 * @throws BadRequest `InvalidBody` with all errors of the body at once
 * @throws Forbidden `OutsideFence`, `GuardrailBroken`
 */
export async function registerTaskDefinition(
  account: Account,
  caller: Pick<Caller, 'mayUseFamily'>,
  body: unknown,
  firstTryAt?: Date,
): Promise<TaskDefinitionResource> {
  const requestBody = readBody('RegisterTaskDefinition', body)
  const input = readAndCheckInput(account, requestBody)
  requireFamily(caller, input.family ?? '')
  try {
    const earlier = firstTryAt && (await findRegisteredSince(account, input, firstTryAt))
    return presentTaskDefinition(earlier ?? (await registerRevision(account, input)))
  } catch (error) {
    throw requestBody.withPointer(error)
  }
}

/**
 * The clock of AWS may be behind the clock of this machine. Finding a revision that was registered a little earlier
 * does no harm, because it has the same content.
 */
const clockSkewMs = 60_000

/** The family's newest revision, if it has the content of the input and was registered after `since`. */
export async function findRegisteredSince(
  account: Account,
  input: RegisterTaskDefinitionRequest,
  since: Date,
): Promise<TaggedDefinition | undefined> {
  const newest = await findTaskDefinition(account, input.family ?? '')
  const registeredAt = newest?.registeredAt?.getTime() ?? 0
  return newest && registeredAt >= since.getTime() - clockSkewMs && containsAll(newest, withBoundaryTag(account, input))
    ? newest
    : undefined
}

/** Registers an input that has been checked, and records it as an own write. */
export async function registerRevision(
  account: Account,
  input: RegisterTaskDefinitionRequest,
): Promise<TaggedDefinition> {
  const { taskDefinition, tags } = await account.ecs().registerTaskDefinition(input)
  const registered: TaggedDefinition = { ...taskDefinition, tags: tags ?? input.tags ?? [] }
  account.ownWrites.record('task definition', nameOf(registered), { after: registered })
  return registered
}

/**
 * The input with Fargate's defaults, checked against ECS's rules. A definition for EC2 is also checked as a definition
 * for Fargate, so that the client gets all errors at once.
 */
function readAndCheckInput(account: Account, body: Body): RegisterTaskDefinitionRequest {
  rejectBoundaryViolations(account, body)
  const input = withFargateDefaults(account, body)
  const asFargate = input.requiresCompatibilities?.includes('FARGATE')
    ? input
    : { ...input, requiresCompatibilities: ['FARGATE'] }
  body.check('RegisterTaskDefinition', { ...asFargate })
  return input
}
