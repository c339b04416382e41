import type { Input } from '../command.ts'
import { findTask } from '../context/references.ts'
import { taskShape } from '../shapes/tasks.ts'

export async function getTask(input: Input): Promise<void> {
  const { account, ref } = await findTask(input, input.args[0]!)
  await input.out.resource(taskShape, await account.tasks.get(ref))
}
