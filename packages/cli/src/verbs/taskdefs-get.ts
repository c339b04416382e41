import type { Input } from '../command.ts'
import { taskDefinitionShape } from '../shapes/task-definitions.ts'

export async function getTaskDefinition({ account, args, out }: Input): Promise<void> {
  const { taskDefinitions } = await account()
  await out.resource(taskDefinitionShape, await taskDefinitions.get(args[0]!))
}
