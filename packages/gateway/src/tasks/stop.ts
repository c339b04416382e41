import type { Task } from '@aws-sdk/client-ecs'
import { shortName } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import { getTask } from './get.ts'

/**
 * Members that StopTask changes. Only these are taken from its response, which lacks members that DescribeTasks
 * returns: tags, health, and the containers that have stopped.
 */
const changedMembers = ['desiredStatus', 'stopCode', 'stoppedReason', 'stoppingAt', 'version'] as const

/**
 * Stops a task. A task that is stopping or has stopped is left unchanged.
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
  const after: Task = { ...before, ...Object.fromEntries(changedMembers.map((member) => [member, task[member]])) }
  account.recentWrites.record('task', shortName(ref), { before, after, fields: changedMembers })
  return after
}
