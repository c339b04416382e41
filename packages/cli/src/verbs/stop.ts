import { taskSentence } from '@ecs-api/client/words'
import type { Input } from '../command.ts'
import { findTask } from '../context/references.ts'
import { taskShape } from '../shapes/tasks.ts'

/** Stops a task. A service starts another one in its place, so only a task of its own is asked about. */
export async function stopTask(input: Input): Promise<void> {
  const { flags, questions, out } = input
  const { account, ref } = await findTask(input, input.args[0]!)
  const { group } = await account.tasks.get(ref)
  if (!group.startsWith('service:')) await questions.confirm(`Stop the task ${ref.cluster}/${ref.id}?`)
  const reason = flags.text('reason')
  const task = await account.tasks.stop(ref, reason === undefined ? {} : { reason })
  const { text } = taskSentence(task, input.now())
  await out.resourceOrLine(taskShape, task, `${ref.cluster}/${ref.id}: ${text}`)
}
