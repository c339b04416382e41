/**
 * What never changes of a task, and how far it was when last seen: enough to order and sift thousands of them for a list. Only those that a
 * page shows need a look then, and only a task that was never seen before costs one to be placed.
 */
import type { Task } from '@aws-sdk/client-ecs'
import { familyAndRevision, shortName } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'

export interface KnownTask {
  id: string
  /** Milliseconds since 1970. */
  createdAt: number
  family: string
  group: string | undefined
  startedBy: string | undefined
  /** ECS's; a task never goes back to an earlier one. */
  lastStatus: string
}

const maxOfAccount = 100_000

const ofAccounts = new WeakMap<Account, Map<string, KnownTask>>()

/** The account's known tasks by id; those longest unseen are let go first. */
export function taskIndex(account: Account): ReadonlyMap<string, KnownTask> {
  return known(account)
}

export function noteTask(account: Account, task: Task): void {
  const tasks = known(account)
  const now = knownOf(task)
  tasks.delete(now.id)
  tasks.set(now.id, now)
  for (const oldest of tasks.keys()) {
    if (tasks.size <= maxOfAccount) break
    tasks.delete(oldest)
  }
}

export function knownOf({
  taskArn = '',
  createdAt,
  taskDefinitionArn = '',
  group,
  startedBy,
  lastStatus = '',
}: Task): KnownTask {
  const { family } = familyAndRevision(taskDefinitionArn)
  return { id: shortName(taskArn), createdAt: createdAt?.getTime() ?? 0, family, group, startedBy, lastStatus }
}

function known(account: Account): Map<string, KnownTask> {
  const tasks = ofAccounts.get(account)
  if (tasks) return tasks
  const made = new Map<string, KnownTask>()
  ofAccounts.set(account, made)
  return made
}
