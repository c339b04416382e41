import type { CommandInput } from '../command.ts'
import { findDeployment } from '../context/deployment.ts'
import { deploymentView } from '../views/deployments.ts'

/** Stops a deployment. ECS then rolls it back; with `--abort`, it leaves the service as it is. */
export async function stopDeployment(input: CommandInput): Promise<void> {
  const { account, ref } = await findDeployment(input, input.args[0], input.args[1])
  const stopType = input.flags.isSet('abort') ? 'ABORT' : 'ROLLBACK'
  const consequence = stopType === 'ABORT' ? 'The service stays half deployed.' : 'ECS rolls it back.'
  await input.questions.requireYes(`Stop the deployment of ${ref.cluster}/${ref.service}? ${consequence}`)
  await input.out.resource(deploymentView, await account.deployments.stop(ref, { stopType }))
}
