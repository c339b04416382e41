import type { Account } from '../aws/account.ts'
import { findTaskDefinition } from './get.ts'
import { registrable } from './registrable.ts'

/**
 * Holds a task definition against the account's guardrails before it is run or deployed: it may have been registered before they were set, or
 * elsewhere. Tags are left out: they give a task no power.
 * @throws Forbidden `GuardrailBroken`
 */
export async function allowDefinition(account: Account, ref: string): Promise<void> {
  if (!account.guardsDefinitions) return
  const definition = await findTaskDefinition(account, ref)
  // ECS says what is wrong with a reference to nothing.
  if (definition) account.allow('DeployTaskDefinition', registrable(definition))
}
