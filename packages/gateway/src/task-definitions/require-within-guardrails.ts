import type { PropagateTags } from '@aws-sdk/client-ecs'
import type { Account } from '../aws/account.ts'
import { findTaskDefinition } from './get.ts'
import { registrationInputOf } from './registration-of.ts'

/**
 * Checks a task definition against the account's guardrails before it is run or deployed. It may have been registered
 * before the guardrails were set, or without the gateway. Its tags are checked only if the tasks get them.
 * @param propagateTags from where the tasks get tags
 * @throws Forbidden `GuardrailBroken`
 */
export async function requireDefinitionWithinGuardrails(
  account: Account,
  ref: string,
  propagateTags: PropagateTags | undefined,
): Promise<void> {
  if (!account.guardrails.limitsTaskDefinitions) return
  const definition = await findTaskDefinition(account, ref)
  // ECS rejects a reference to a missing definition with a better message.
  if (!definition) return
  account.guardrails.requireAllowed('DeployTaskDefinition', { ...registrationInputOf(definition), propagateTags })
}
