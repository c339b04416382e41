import type { CommandInput } from '../command.ts'
import { findDeployment } from '../context/deployment.ts'
import { deploymentView } from '../views/deployments.ts'

/** Continues a deployment that waits at a PAUSE hook, or rolls it back there. */
export async function continueDeployment(input: CommandInput): Promise<void> {
  const { account, ref } = await findDeployment(input, input.args[0], input.args[1])
  const action = input.flags.isSet('rollback') ? 'ROLLBACK' : 'CONTINUE'
  await input.out.resource(deploymentView, await account.deployments.continue(ref, { action }))
}
