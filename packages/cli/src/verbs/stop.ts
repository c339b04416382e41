import { taskSentence } from '@ecs-api/client/words'
import type { CommandInput } from '../command.ts'
import { findTask } from '../context/references.ts'
import { taskView } from '../views/tasks.ts'

/** Stops a task. Asks first unless a service started the task, since the service replaces it. */
export async function stopTask(input: CommandInput): Promise<void> {
  const { flags, questions, out } = input
  const { account, ref } = await findTask(input, input.args[0]!)
  const { group } = await account.tasks.get(ref)
  if (!group.startsWith('service:')) await questions.requireYes(`Stop the task ${ref.cluster}/${ref.id}?`)
  const reason = flags.text('reason')
  const task = await account.tasks.stop(ref, reason === undefined ? {} : { reason })
  const { text } = taskSentence(task, input.now())
  await out.resourceOrLine(taskView, task, `${ref.cluster}/${ref.id}: ${text}`)
}
