/** Stopped tasks beyond the hour that ECS keeps them: noted when they are seen, and found again. */
import { familyAndRevision, shortName } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import { boundaryName } from '../aws/org/org-tag.ts'
import type { History } from '../history/history.ts'
import type { KnownTask } from './known.ts'
import { clusterName, isPossible } from './look.ts'
import { presentTask, type TaskResource } from './schema.ts'

export function keepStoppedTasks(account: Account, history: History): void {
  account.onSeen(({ tasks = [] }) => {
    for (const task of tasks) {
      if (task.lastStatus !== 'STOPPED') continue
      const key = { account: account.name, org: boundaryName(account.org), cluster: clusterName(task), id: shortName(task.taskArn ?? '') }
      history.noteTask(key, () => ({
        ...key,
        created_at: (task.createdAt ?? new Date(0)).toISOString(),
        stopped_at: (task.stoppedAt ?? new Date()).toISOString(),
        family: familyAndRevision(task.taskDefinitionArn ?? '').family,
        task_group: task.group ?? '',
        started_by: task.startedBy ?? '',
        resource: presentTask(task),
      }))
    }
  })
}

/** The task as it was last, when it was seen to stop. */
export async function keptTask(account: Account, cluster: string, ref: string, history: History): Promise<TaskResource | undefined> {
  if (!isPossible(cluster, ref)) return undefined
  const key = { account: account.name, org: boundaryName(account.org), cluster: shortName(cluster), id: shortName(ref) }
  return (await history.task(key)) as TaskResource | undefined
}

/** Those that were seen to stop, newest first, as far as the filter lets them through. */
export async function keptTasks(
  account: Account,
  cluster: string,
  { service, family, startedBy }: { service?: string; family?: string; startedBy?: string },
  { history, limit, after }: { history: History; limit: number; after: { at: string; id: string } | undefined },
): Promise<{ cluster: string; known: KnownTask; seen: undefined; kept: TaskResource }[]> {
  const named = shortName(cluster)
  const group = service === undefined ? undefined : `service:${shortName(service)}`
  const tasks = await history.tasks({ account: account.name, org: boundaryName(account.org), cluster: named, family, group, startedBy }, limit, after)
  return tasks.map(({ id, created_at, resource, ...row }) => ({
    cluster: named,
    known: {
      id,
      createdAt: Date.parse(created_at),
      family: row.family,
      group: row.task_group || undefined,
      startedBy: row.started_by || undefined,
      lastStatus: 'STOPPED',
    },
    seen: undefined,
    kept: resource as TaskResource,
  }))
}
