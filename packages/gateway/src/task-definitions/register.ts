import type { RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs'
import type { Account } from '../aws/account.ts'
import { inOrg, keepOrgTag } from '../clusters/org-tag-in-body.ts'
import { type Caller, requireFamily } from '../http/caller.ts'
import { type Body, readBody } from '../shapes/body.ts'
import { saysAll } from '../shapes/same.ts'
import { forFargate } from './fargate.ts'
import { findTaskDefinition, nameOf, type TaggedDefinition } from './get.ts'
import { presentTaskDefinition, type TaskDefinitionResource } from './schema.ts'

/**
 * Registers a new revision; with Fargate's defaults for what is not said.
 * @param firstTryAt when this was tried before without an answer: what it may have registered is not registered again
 */
export async function registerTaskDefinition(
  account: Account,
  caller: Pick<Caller, 'mayUseFamily'>,
  body: unknown,
  firstTryAt?: Date,
): Promise<TaskDefinitionResource> {
  const read = readBody('RegisterTaskDefinition', body)
  const input = checked(account, read)
  requireFamily(caller, input.family ?? '')
  try {
    return presentTaskDefinition(await registerInput(account, input, firstTryAt))
  } catch (error) {
    throw read.located(error)
  }
}

/** AWS's clock may be behind ours; a revision that says the same is as good, whoever registered it. */
const clockSkewMs = 60_000

/** The family's newest revision, where it says what the input says and has come since. */
async function registeredSince(
  account: Account,
  input: RegisterTaskDefinitionRequest,
  since: Date,
): Promise<TaggedDefinition | undefined> {
  const newest = await findTaskDefinition(account, input.family ?? '')
  const registeredAt = newest?.registeredAt?.getTime() ?? 0
  return newest && registeredAt >= since.getTime() - clockSkewMs && saysAll(newest, inOrg(account, input))
    ? newest
    : undefined
}

/** The finished input; throws with every fault. What Fargate lacks is told also of a definition that isn't for Fargate. */
function checked(account: Account, read: Body): RegisterTaskDefinitionRequest {
  keepOrgTag(account, read)
  const input = forFargate(account, read)
  const asFargate = input.requiresCompatibilities?.includes('FARGATE')
    ? input
    : { ...input, requiresCompatibilities: ['FARGATE'] }
  read.check('RegisterTaskDefinition', { ...asFargate })
  return input
}

/**
 * Registers an input that has been checked.
 * @param firstTryAt as of `registerTaskDefinition`
 */
export async function registerInput(
  account: Account,
  input: RegisterTaskDefinitionRequest,
  firstTryAt?: Date,
): Promise<TaggedDefinition> {
  const there = firstTryAt && (await registeredSince(account, input, firstTryAt))
  if (there) return there
  const { taskDefinition, tags } = await account.ecs().registerTaskDefinition(input)
  const made: TaggedDefinition = { ...taskDefinition, tags: tags ?? input.tags ?? [] }
  account.ownWrites.record('task definition', nameOf(made), { after: made })
  return made
}
