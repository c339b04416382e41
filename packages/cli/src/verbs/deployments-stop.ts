import type { Input } from '../command.ts'
import { findDeployment } from '../context/deployment.ts'
import { deploymentShape } from '../shapes/deployments.ts'

/** Stops a deployment. ECS rolls it back, or leaves the service as it is with `--abort`. */
export async function stopDeployment(input: Input): Promise<void> {
  const { account, ref } = await findDeployment(input, input.args[0], input.args[1])
  const stopType = input.flags.isSet('abort') ? 'ABORT' : 'ROLLBACK'
  const then = stopType === 'ABORT' ? 'The service stays half deployed.' : 'ECS rolls it back.'
  await input.questions.confirm(`Stop the deployment of ${ref.cluster}/${ref.service}? ${then}`)
  await input.out.resource(deploymentShape, await account.deployments.stop(ref, { stopType }))
}
