import type { Task } from '@aws-sdk/client-ecs'
import { shortName } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import { getTask } from './get.ts'

/**
 * Members that StopTask changes. Its response lacks members that DescribeTasks has (tags, health), and lacks all
 * containers once they have stopped, so that only these members are taken from it.
 */
const changed = ['desiredStatus', 'stopCode', 'stoppedReason', 'stoppingAt', 'version'] as const

/**
 * Stops a task. A task that is stopping or has stopped stays as it is.
 * @throws NotFound `TaskNotFound`, `ClusterNotFound`
 */
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
