import type { CommandInput } from '../command.ts'
import { findTask } from '../context/references.ts'
import { taskView } from '../views/tasks.ts'

export async function getTask(input: CommandInput): Promise<void> {
  const { account, ref } = await findTask(input, input.args[0]!)
  await input.out.resource(taskView, await account.tasks.get(ref))
}
