import type { CommandInput } from '../command.ts'
import { findDeployment } from '../context/deployment.ts'
import { deploymentView } from '../views/deployments.ts'

/** Shows a deployment; without an id, the newest of the service. */
export async function getDeployment(input: CommandInput): Promise<void> {
  const { account, ref } = await findDeployment(input, input.args[0], input.args[1])
  await input.out.resource(deploymentView, await account.deployments.get(ref))
}
