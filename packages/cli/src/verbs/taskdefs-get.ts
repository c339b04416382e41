import type { Input } from '../command.ts'
import { taskDefinitionShape } from '../shapes/task-definitions.ts'

export async function getTaskDefinition({ account, args, flags, out }: Input): Promise<void> {
  const { taskDefinitions } = await account()
  await out.resource(
    taskDefinitionShape({ showsValues: flags.isSet('show-values') }),
    await taskDefinitions.get(args[0]!),
  )
}
