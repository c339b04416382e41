import type { Input } from '../command.ts'
import { UsageError } from '../errors.ts'
import { confirmPlan } from '../plan.ts'
import { taskDefinitionShape } from '../shapes/task-definitions.ts'

/** Shows the gateway's plan, asks, and deregisters one revision. Running services keep it. */
export async function deleteTaskDefinition(input: Input): Promise<number> {
  const { account, args, flags, out } = input
  const [name] = args as [string]
  if (!/:\d+$/.test(name) && !name.startsWith('arn:'))
    throw new UsageError(`Which revision of ${name}? Write ${name}:NUMBER.`, `ecs-api taskdefs list --family ${name}`)
  const { taskDefinitions } = await account()
  const revision = name as `${string}:${number}`
  const options = flags.isSet('purge') ? { purge: true } : {}
  const heading = flags.isSet('purge') ? `Deregister ${name} and delete it for good:` : `Deregister ${name}:`
  const plan = await taskDefinitions.deregister(revision, { ...options, dryRun: true })
  const outcome = await confirmPlan(input, { heading, plan })
  if (!outcome.isConfirmed) return outcome.exit
  await out.resource(taskDefinitionShape({ showsValues: false }), await taskDefinitions.deregister(revision, options))
  return 0
}
