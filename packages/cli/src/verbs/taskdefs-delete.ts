import type { Input } from '../command.ts'
import { UsageError } from '../errors.ts'
import { taskDefinitionShape } from '../shapes/task-definitions.ts'

/** Deregisters one revision; running services keep it. */
export async function deleteTaskDefinition({ account, args, flags, out, ask }: Input): Promise<void> {
  const [name] = args as [string]
  if (!/:\d+$/.test(name) && !name.startsWith('arn:'))
    throw new UsageError(`Which revision of ${name}? Write ${name}:NUMBER.`, `ecs-api taskdefs list --family ${name}`)
  const { taskDefinitions } = await account()
  const isPurge = flags.isSet('purge')
  await ask.confirm(isPurge ? `Deregister ${name} and delete it for good?` : `Deregister ${name}?`)
  const options = isPurge ? { purge: true } : {}
  await out.resource(taskDefinitionShape, await taskDefinitions.deregister(name as `${string}:${number}`, options))
}
