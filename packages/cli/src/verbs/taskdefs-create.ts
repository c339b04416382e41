import type { TaskDefinitionRegister } from '@ecs-api/client'
import { readBodyFile } from '../body-file.ts'
import type { CommandInput } from '../command.ts'
import { UsageError } from '../errors.ts'
import { taskDefinitionView } from '../views/task-definitions.ts'

/** Registers a revision of a task definition. */
export async function createTaskDefinition({ account, flags, out, signal }: CommandInput): Promise<void> {
  const file = flags.text('file')
  if (file === undefined) throw new UsageError('Which definition? Give it with -f FILE (- is standard input).')
  const body = await readBodyFile(file, signal)
  const { taskDefinitions } = await account()
  const definition = await body.sendAndLocateErrors(() => taskDefinitions.create(body.value as TaskDefinitionRegister))
  await out.resource(taskDefinitionView({ showsValues: false }), definition)
}
