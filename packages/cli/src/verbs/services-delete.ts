import { serviceSentence } from '@ecs-api/client/words'
import type { CommandInput } from '../command.ts'
import { findService } from '../context/references.ts'
import { waitForServiceRemoval } from '../deletion-wait.ts'
import { CliError, exitCode } from '../errors.ts'
import { applyPlan, showPlanAndConfirm } from '../plan.ts'
import { serviceView } from '../views/services.ts'

/**
 * Deletes services, one after the other. An error ends the command, and the services after it are named.
 * @returns the exit code of the last one that was not deleted
 */
export async function deleteServices(input: CommandInput): Promise<number> {
  const references = input.rest.length > 0 ? input.rest : [undefined]
  let failureCode = 0
  for (const [i, reference] of references.entries()) {
    try {
      failureCode = (await deleteOne(input, reference)) || failureCode
    } catch (error) {
      const others = input.rest.slice(i + 1)
      if (others.length > 0) input.out.note(`Not deleted: ${others.join(', ')}.`, 'yellow')
      throw error
    }
  }
  return failureCode
}

/**
 * Deletes a service: shows the gateway's plan and asks for the name. A service with tasks needs `--force`, because the
 * gateway would stop them without asking.
 */
async function deleteOne(input: CommandInput, reference: string | undefined): Promise<number> {
  const { account, ref } = await findService(input, reference)
  const { desiredCount, runningCount } = await account.services.get(ref)
  const name = `${ref.cluster}/${ref.name}`
  const isForced = input.flags.isSet('force')
  if (desiredCount + runningCount > 0 && !isForced)
    throw new CliError(
      exitCode.rejected,
      `${name} has ${runningCount} running and ${desiredCount} desired tasks, so it is not deleted without --force.`,
      `Delete it with its tasks: --force   Stop them first: ecs-api scale ${name} 0`,
    )
  const options = isForced ? { force: true } : {}
  const readPlan = () => account.services.remove(ref, { ...options, dryRun: true })
  const heading = `Delete the service ${name}, which has ${runningCount} running ${runningCount === 1 ? 'task' : 'tasks'}:`
  const outcome = await showPlanAndConfirm(input, { heading, plan: await readPlan(), nameToType: ref.name })
  if (!outcome.isConfirmed) return outcome.exitCode
  const { ifMatch } = outcome
  const apply = () => account.services.remove(ref, { ...options, ...(ifMatch !== undefined && { ifMatch }) })
  const removed = await applyPlan(input, { name, apply, readPlan })
  const service =
    input.flags.isSet('wait') && removed.status !== 'INACTIVE'
      ? await waitForServiceRemoval(input, { account, ref }, removed)
      : removed
  const { text } = serviceSentence(service, [], input.now())
  await input.out.resourceOrLine(serviceView, service, `${name}: ${text}`)
  return 0
}
