import type { RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs'
import type { Account } from '../aws/account.ts'
import { addBoundaryTagErrors, withBoundaryTag } from '../clusters/boundary-tag.ts'
import { type Caller, requireFamilyInFence } from '../http/caller.ts'
import { type Body, readBody } from '../shapes/body.ts'
import { containsAll } from '../shapes/same.ts'
import { withFargateDefaults } from './fargate.ts'
import { definitionNameOf, findTaskDefinition, type TaskDefinitionWithTags } from './get.ts'
import { type TaskDefinitionResource, toTaskDefinitionResource } from './schema.ts'

/**
 * Registers a new revision. Fields that the body leaves out get Fargate's defaults.
 * @param firstTryAt for a repeated request, the start of its first try. If that try registered a revision, the revision
 * is returned.
 * @throws BadRequest `InvalidBody` with all errors of the body at once
 * @throws Forbidden `OutsideFence` when the caller may not use the family; `GuardrailBroken` when the definition
 *   exceeds a limit of the account
 */
export async function registerTaskDefinition(
  account: Account,
  caller: Pick<Caller, 'mayUseFamily'>,
  body: unknown,
  firstTryAt?: Date,
): Promise<TaskDefinitionResource> {
  const requestBody = readBody('RegisterTaskDefinition', body)
  const input = readAndCheckInput(account, requestBody)
  requireFamilyInFence(caller, input.family ?? '')
  try {
    const earlier = firstTryAt && (await findRegisteredSince(account, input, firstTryAt))
    return toTaskDefinitionResource(earlier ?? (await registerRevision(account, input)))
  } catch (error) {
    throw requestBody.withPointerToField(error)
  }
}

/**
 * The clock of AWS may be behind the clock of this machine. To find a revision that was registered a little earlier
 * does no harm, because it has the content of the input.
 */
const clockSkewMs = 60_000

/**
 * The family's newest revision, if it was registered after `since` (or up to `clockSkewMs` before it) and has every
 * member of the input. It has more members than the input, because ECS fills in its defaults.
 */
export async function findRegisteredSince(
  account: Account,
  input: RegisterTaskDefinitionRequest,
  since: Date,
): Promise<TaskDefinitionWithTags | undefined> {
  const newest = await findTaskDefinition(account, input.family ?? '')
  const registeredAt = newest?.registeredAt?.getTime() ?? 0
  return newest && registeredAt >= since.getTime() - clockSkewMs && containsAll(newest, withBoundaryTag(account, input))
    ? newest
    : undefined
}

/**
 * Registers an input that has been checked. `account.ecs()` adds the tag of the account's permissions boundary. The
 * revision is recorded as a recent write, so that reads show it at once although ECS's answers may lag behind.
 */
export async function registerRevision(
  account: Account,
  input: RegisterTaskDefinitionRequest,
): Promise<TaskDefinitionWithTags> {
  const { taskDefinition, tags } = await account.ecs().registerTaskDefinition(input)
  const registered: TaskDefinitionWithTags = { ...taskDefinition, tags: tags ?? input.tags ?? [] }
  account.recentWrites.record('task definition', definitionNameOf(registered), { after: registered })
  return registered
}

/**
 * The input with Fargate's defaults, checked against ECS's rules. `withFargateDefaults` adds an error to a definition
 * that is not for Fargate. Such a definition is nevertheless checked against the rules for Fargate, so that the client
 * gets all errors at once.
 */
function readAndCheckInput(account: Account, body: Body): RegisterTaskDefinitionRequest {
  addBoundaryTagErrors(account, body)
  const input = withFargateDefaults(account, body)
  const asFargate = input.requiresCompatibilities?.includes('FARGATE')
    ? input
    : { ...input, requiresCompatibilities: ['FARGATE'] }
  body.throwIfInvalid('RegisterTaskDefinition', { ...asFargate })
  return input
}
