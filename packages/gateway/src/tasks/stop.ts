import type { Task } from '@aws-sdk/client-ecs'
import { shortName } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import { getTask } from './get.ts'

/** Members that StopTask changes. Its answer lacks others that DescribeTasks has: tags, health, and all of the containers once they have stopped. */
const changed = ['desiredStatus', 'stopCode', 'stoppedReason', 'stoppingAt', 'version'] as const

/** Stops a task; one that is stopped stays as it is. */
export async function stopTask(
  account: Account,
  cluster: string,
  ref: string,
  reason: string | undefined,
): Promise<Task> {
  const before = await getTask(account, cluster, ref)
  if (before.lastStatus === 'STOPPED' || before.desiredStatus === 'STOPPED') return before
  const { task = {} } = await account.ecs().stopTask({ cluster, task: shortName(ref), reason })
  const after: Task = { ...before, ...Object.fromEntries(changed.map((member) => [member, task[member]])) }
  account.ownWrites.record('task', shortName(ref), { before, after, fields: changed })
  return after
}
