import type { RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs'
import type { Account } from '../aws/account.ts'
import { type Body, readBody } from '../shapes/body.ts'
import { ownWrites } from '../views/of-account.ts'
import { forFargate } from './fargate.ts'
import { nameOf, type TaggedDefinition } from './look.ts'
import { presentTaskDefinition, type TaskDefinitionResource } from './schema.ts'

/** Registers a new revision; with Fargate's defaults for what is not said. */
export async function registerTaskDefinition(account: Account, body: unknown): Promise<TaskDefinitionResource> {
  const read = readBody('RegisterTaskDefinition', body)
  return presentTaskDefinition(await registerInput(account, checked(account, read)))
}

/** The finished input; throws with every fault. What Fargate lacks is told also of a definition that isn't for Fargate. */
function checked(account: Account, read: Body): RegisterTaskDefinitionRequest {
  const input = forFargate(account, read)
  const asFargate = input.requiresCompatibilities?.includes('FARGATE') ? input : { ...input, requiresCompatibilities: ['FARGATE'] }
  read.check('RegisterTaskDefinition', { ...asFargate })
  return input
}

/** Registers an input that has been checked. */
export async function registerInput(account: Account, input: RegisterTaskDefinitionRequest): Promise<TaggedDefinition> {
  const { taskDefinition, tags } = await account.ecs().registerTaskDefinition(input)
  const made: TaggedDefinition = { ...taskDefinition, tags: tags ?? input.tags ?? [] }
  ownWrites(account).note('task definition', nameOf(made), { after: made })
  return made
}
