import type { CommandInput } from '../command.ts'
import { taskDefinitionView } from '../views/task-definitions.ts'

export async function getTaskDefinition({ account, args, flags, out }: CommandInput): Promise<void> {
  const { taskDefinitions } = await account()
  await out.resource(
    taskDefinitionView({ showsValues: flags.isSet('show-values') }),
    await taskDefinitions.get(args[0]!),
  )
}
