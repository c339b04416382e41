import type { TaskDefinitionRegister } from '@ecs-api/client'
import { readBodyFile } from '../body-file.ts'
import type { Input } from '../command.ts'
import { UsageError } from '../errors.ts'
import { taskDefinitionShape } from '../shapes/task-definitions.ts'

/** Registers a revision of a task definition. */
export async function createTaskDefinition({ account, flags, out }: Input): Promise<void> {
  const file = flags.text('file')
  if (file === undefined) throw new UsageError('Which definition? Give it with -f FILE (- is standard input).')
  const body = await readBodyFile(file)
  const { taskDefinitions } = await account()
  const definition = await body.sendWithErrorPlaces(() => taskDefinitions.create(body.value as TaskDefinitionRegister))
  await out.resource(taskDefinitionShape({ showsValues: false }), definition)
}
