import type { Input } from '../command.ts'
import { findDeployment } from '../context/deployment.ts'
import { deploymentShape } from '../shapes/deployments.ts'

/** Continues a deployment that waits at a PAUSE hook, or rolls it back there. */
export async function continueDeployment(input: Input): Promise<void> {
  const { account, ref } = await findDeployment(input, input.args[0], input.args[1])
  const action = input.flags.isSet('rollback') ? 'ROLLBACK' : 'CONTINUE'
  await input.out.resource(deploymentShape, await account.deployments.continue(ref, { action }))
}
