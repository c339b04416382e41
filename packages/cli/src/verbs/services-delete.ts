import { serviceSentence } from '@ecs-api/client/words'
import type { Input } from '../command.ts'
import { findService } from '../context/references.ts'
import { removedService } from '../deletion-wait.ts'
import { CliError } from '../errors.ts'
import { applyPlan, confirmPlan } from '../plan.ts'
import { serviceShape } from '../shapes/services.ts'

/** Deletes services, one after the other. @returns the exit code of the last one that was not deleted */
export async function deleteServices(input: Input): Promise<number> {
  let exit = 0
  for (const reference of input.rest.length > 0 ? input.rest : [undefined])
    exit = (await deleteOne(input, reference)) || exit
  return exit
}

/**
 * Deletes a service: shows the gateway's plan and asks for the name. A service with tasks needs `--force`, because the
 * gateway would stop them without asking.
 */
async function deleteOne(input: Input, reference: string | undefined): Promise<number> {
  const { account, ref } = await findService(input, reference)
  const { desiredCount, runningCount } = await account.services.get(ref)
  const name = `${ref.cluster}/${ref.name}`
  const { signal } = input
  const isForced = input.flags.isSet('force')
  if (desiredCount + runningCount > 0 && !isForced)
    throw new CliError(
      3,
      `${name} has ${runningCount} running and ${desiredCount} desired tasks, so it is not deleted without --force.`,
      `Delete it with its tasks: --force   Stop them first: ecs-api scale ${name} 0`,
    )
  const options = isForced ? { force: true } : {}
  const readPlan = () => account.services.remove(ref, { ...options, dryRun: true })
  const heading = `Delete the service ${name}, which has ${runningCount} running ${runningCount === 1 ? 'task' : 'tasks'}:`
  const outcome = await confirmPlan(input, { heading, plan: await readPlan(), nameToType: ref.name })
  if (!outcome.isConfirmed) return outcome.exit
  const { ifMatch } = outcome
  const apply = () => account.services.remove(ref, { ...options, ...(ifMatch !== undefined && { ifMatch }) })
  const removed = await applyPlan(input, { name, apply, readPlan })
  const service =
    input.flags.isSet('wait') && removed.status !== 'INACTIVE'
      ? await removedService(input, name, (wait) => account.services.remove(ref, { ...options, ...wait, signal }))
      : removed
  const { text } = serviceSentence(service, [], input.now())
  await input.out.resourceOrLine(serviceShape, service, `${name}: ${text}`)
  return 0
}
