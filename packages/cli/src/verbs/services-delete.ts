import type { Input } from '../command.ts'
import { findService } from '../context/references.ts'
import { applyPlan, confirmPlan } from '../plan.ts'
import { serviceShape } from '../shapes/services.ts'

/** Deletes a service: shows the gateway's plan and asks for the name. Its tasks stop. */
export async function deleteService(input: Input): Promise<number> {
  const { account, ref } = await findService(input, input.args[0])
  const { runningCount } = await account.services.get(ref)
  const name = `${ref.cluster}/${ref.name}`
  const how = input.flags.isSet('force') ? { force: true } : {}
  const plan = () => account.services.remove(ref, { ...how, dryRun: true })
  const sentence = `Delete the service ${name}, which has ${runningCount} running ${runningCount === 1 ? 'task' : 'tasks'}:`
  const confirmed = await confirmPlan(input, sentence, await plan(), ref.name)
  if (!confirmed.isApplied) return confirmed.exit
  const { ifMatch } = confirmed
  const apply = () => account.services.remove(ref, { ...how, ...(ifMatch !== undefined && { ifMatch }) })
  await input.out.resource(serviceShape, await applyPlan(input, { name, apply, plan }))
  return 0
}
