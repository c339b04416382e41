import { printChangedService } from '../changed-service.ts'
import type { CommandInput } from '../command.ts'
import { findService } from '../context/references.ts'
import { followRollout } from '../progress/follow-rollout.ts'

/** Deploys the same definition again, and follows the deployment. */
export async function restart(input: CommandInput): Promise<void> {
  const { account, ref } = await findService(input, input.args[0])
  const name = `${ref.cluster}/${ref.name}`
  const rollout = await account.services.restart(ref)
  const { service } = rollout
  if (input.flags.isSet('detach')) {
    const deployment = await rollout.deploymentId()
    return input.out.valueOrLines({ deployment }, [deployment ?? 'none'], { name })
  }
  const title = `Restarting ${name} (${service.taskDefinition})`
  await printChangedService(input.out, account, await followRollout({ input, account, title, rollout, service }))
}
