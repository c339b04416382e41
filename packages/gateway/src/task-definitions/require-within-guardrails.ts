import type { Account } from '../aws/account.ts'
import { findTaskDefinition } from './get.ts'
import { registrationInputOf } from './registration-of.ts'

/**
 * Checks a task definition against the account's guardrails before it is run or deployed. It may have been registered
 * before the guardrails were set, or without the gateway. Guardrails on tags do not apply: a tag gives a task no
 * permission.
 * @throws Forbidden `GuardrailBroken`
 */
export async function requireDefinitionWithinGuardrails(account: Account, ref: string): Promise<void> {
  if (!account.guardrailsLimitTaskDefinitions) return
  const definition = await findTaskDefinition(account, ref)
  // ECS rejects a reference to a missing definition with a better message.
  if (definition) account.requireCallAllowed('DeployTaskDefinition', registrationInputOf(definition))
}
