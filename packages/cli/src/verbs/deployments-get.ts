import type { Input } from '../command.ts'
import { findDeployment } from '../context/deployment.ts'
import { deploymentShape } from '../shapes/deployments.ts'

/** Shows a deployment; without an id, the newest of the service. */
export async function getDeployment(input: Input): Promise<void> {
  const { account, ref } = await findDeployment(input, input.args[0], input.args[1])
  await input.out.resource(deploymentShape, await account.deployments.get(ref))
}
