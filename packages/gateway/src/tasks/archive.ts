/** Stopped tasks beyond the hour that ECS keeps them: noted when they are seen, and found again. */
import { familyAndRevision, parseArn, shortName } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import { lastingScopeOf } from '../aws/account-scope.ts'
import { boundaryName } from '../aws/org-tag.ts'
import type { IndexedTask } from '../aws/reads/task-index.ts'
import { getCluster } from '../clusters/get.ts'
import type { History } from '../history/history.ts'
import { clusterName, isPossible } from './get.ts'
import { presentTask, type TaskResource } from './schema.ts'

export function keepStoppedTasks(account: Account, history: History): void {
  account.onDescribed(({ tasks = [] }) => {
    const number = numberIn(tasks[0]?.taskArn)
    if (number) account.lastShownNumber = number
    for (const task of tasks) {
      if (task.lastStatus !== 'STOPPED') continue
      const key = {
        account: lastingScopeOf(account, number),
        cluster: clusterName(task),
        id: shortName(task.taskArn ?? ''),
      }
      history.noteTask(key, () => ({
        ...key,
        org: boundaryName(account.org),
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
export async function keptTask(
  account: Account,
  cluster: string,
  ref: string,
  history: History,
): Promise<TaskResource | undefined> {
  if (!isPossible(cluster, ref)) return undefined
  const key = { account: await keptAs(account, cluster), cluster: shortName(cluster), id: shortName(ref) }
  return (await history.task(key)) as TaskResource | undefined
}

/** Those that were seen to stop, newest first, as far as the filter lets them through. */
export async function keptTasks(
  account: Account,
  cluster: string,
  { service, family, startedBy }: { service?: string; family?: string; startedBy?: string },
  { history, limit, after }: { history: History; limit: number; after: { at: string; id: string } | undefined },
): Promise<{ cluster: string; known: IndexedTask; seen: undefined; kept: TaskResource }[]> {
  const named = shortName(cluster)
  const group = service === undefined ? undefined : `service:${shortName(service)}`
  const tasks = await history.tasks(
    { account: await keptAs(account, cluster), cluster: named, family, group, startedBy },
    limit,
    after,
  )
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

/** Whose tasks they are, among all that are kept. @throws NotFound `ClusterNotFound`, where the account's number must be asked for */
async function keptAs(account: Account, cluster: string): Promise<string> {
  const known = account.number ?? account.lastShownNumber
  if (known !== undefined) return lastingScopeOf(account, known)
  const number = numberIn((await getCluster(account, cluster)).clusterArn)
  account.lastShownNumber = number
  return lastingScopeOf(account, number)
}

function numberIn(arn = ''): string {
  return parseArn(arn)?.account ?? ''
}
