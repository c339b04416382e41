import type { Input } from '../command.ts'
import { findService } from '../context/references.ts'
import { serviceShape } from '../shapes/services.ts'

/** Deletes a service. Its tasks stop; with `--force` also when its count is above 0. */
export async function deleteService(input: Input): Promise<void> {
  const { account, ref } = await findService(input, input.args[0])
  const service = await account.services.get(ref)
  const tasks = `${service.runningCount} running ${service.runningCount === 1 ? 'task' : 'tasks'}`
  await input.ask.confirmName(`This deletes the service ${ref.cluster}/${ref.name} with ${tasks}.`, ref.name)
  const deleted = await account.services.remove(ref, {
    ifMatch: service.configVersion,
    ...(input.flags.isSet('force') && { force: true }),
  })
  await input.out.resource(serviceShape, deleted)
}
