import type { Input } from '../command.ts'
import { findService } from '../context/references.ts'
import { CliError } from '../errors.ts'
import { serviceShape } from '../shapes/services.ts'

/** Deletes a service. One with tasks needs `--force`, since the gateway would stop them without asking. */
export async function deleteService(input: Input): Promise<void> {
  const { account, ref } = await findService(input, input.args[0])
  const service = await account.services.get(ref)
  const { desiredCount, runningCount } = service
  const name = `${ref.cluster}/${ref.name}`
  if (desiredCount + runningCount > 0 && !input.flags.isSet('force'))
    throw new CliError(
      3,
      `${name} has ${runningCount} running and ${desiredCount} desired tasks, so it is not deleted without --force.`,
      `Delete it with its tasks: --force   Stop them first: ecs-api scale ${name} 0`,
    )
  const tasks = `${service.runningCount} running ${service.runningCount === 1 ? 'task' : 'tasks'}`
  await input.ask.confirmName(`This deletes the service ${ref.cluster}/${ref.name} with ${tasks}.`, ref.name)
  const deleted = await account.services.remove(ref, {
    ifMatch: service.configVersion,
    ...(input.flags.isSet('force') && { force: true }),
  })
  await input.out.resource(serviceShape, deleted)
}
