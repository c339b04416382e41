/** Tasks as they are now: AWS's answer with our own writes laid over. */
import type { Task } from '@aws-sdk/client-ecs'
import { canReferTo, shortName } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import type { Described } from '../aws/reads/batched-reads.ts'
import { everyPage, inBatches } from '../aws/reads/paging.ts'
import type { ResourceKind } from '../cache/resource-kind.ts'
import { emptyIfNew, requireClusterReference } from '../clusters/get.ts'
import { NotFound } from '../problems/problem.ts'
import { presentTask } from './schema.ts'

/**
 * @param ref id or ARN
 * @throws NotFound `TaskNotFound`, also for what can be no task's id; `ClusterNotFound`
 */
export async function getTask(account: Account, cluster: string, ref: string): Promise<Task> {
  return withOwnWrites(account, cluster, ref, (await describeOne(account, cluster, ref)).value)
}

/** AWS's answer, without own writes. */
async function describeOne(account: Account, cluster: string, ref: string): Promise<Described<Task>> {
  const nothing = { value: undefined, at: performance.now() }
  if (!isPossible(cluster, ref)) return nothing
  requireClusterReference(account, cluster)
  return account.describes.task(cluster, ref).catch(emptyIfNew(account, cluster, nothing))
}

/** Whether it can be a task's id or ARN in that cluster. */
export function isPossible(cluster: string, ref: string): boolean {
  return /^([0-9a-f]{32}|[0-9a-f-]{36})$/.test(shortName(ref)) && canReferTo('task', ref, cluster)
}

function withOwnWrites(account: Account, cluster: string, ref: string, seen: Task | undefined): Task {
  const id = shortName(ref)
  const found = isPossible(cluster, ref) ? account.ownWrites.over('task', id, seen) : undefined
  if (!found || clusterName(found) !== shortName(cluster)) throw notFound(account, cluster, id)
  return found
}

/** Tasks as views see them. */
export const taskKind: ResourceKind<Task> = {
  topic: 'tasks',
  action: 'DescribeTasks',
  maxPerCall: 100,
  describe: (account, { cluster, ref }) => describeOne(account, cluster, ref),
  find: (account, { cluster, ref }, seen) => withOwnWrites(account, cluster, ref, seen),
  present: presentTask,
  pace: ({ lastStatus, desiredStatus }) =>
    lastStatus === 'STOPPED' ? 'final' : lastStatus === desiredStatus ? 'resting' : 'changing',
}

/** Those of the tasks that are there, in the order of the ids. */
export async function describeTasks(account: Account, cluster: string, ids: readonly string[]): Promise<Task[]> {
  const found = await inBatches(ids, 100, async (batch) => {
    const tasks = await describe(account, cluster, batch)
    const byId = new Map(tasks.map((task) => [shortName(task.taskArn ?? ''), task]))
    return batch.map((id) => account.ownWrites.over('task', id, byId.get(id)))
  })
  return found.filter((task) => task !== undefined)
}

async function describe(account: Account, cluster: string, refs: string[]): Promise<Task[]> {
  requireClusterReference(account, cluster)
  const { tasks = [] } = await account
    .ecs()
    .describeTasks({ cluster, tasks: refs, include: ['TAGS'] })
    .catch(emptyIfNew(account, cluster, { tasks: [] }))
  return tasks
}

export type TaskSelection = { serviceName?: string } | { family?: string } | { startedBy?: string }

/**
 * The ids of the tasks that ECS lists under the desired status.
 * @param onPage told of each page's
 */
export async function taskIds(
  account: Account,
  cluster: string,
  { desiredStatus, ...selection }: TaskSelection & { desiredStatus: 'RUNNING' | 'STOPPED' },
  onPage?: (ids: string[]) => void,
): Promise<string[]> {
  requireClusterReference(account, cluster)
  const arns = await everyPage(
    async (nextToken) => {
      const page = await account.ecs().listTasks({ cluster, desiredStatus, maxResults: 100, nextToken, ...selection })
      return { items: page.taskArns, nextToken: page.nextToken }
    },
    (page) => onPage?.(page.map(shortName)),
  ).catch(emptyIfNew<string[]>(account, cluster, []))
  return arns.map(shortName)
}

/** Tasks of the cluster that this service wrote to and ECS may not show so yet. */
export function ownTaskIds(account: Account, cluster: string): string[] {
  const writes = account.ownWrites
  return writes.arns('task').filter((id) => {
    const own = writes.over<Task>('task', id, undefined)
    return own !== undefined && clusterName(own) === shortName(cluster)
  })
}

export function clusterName(task: Task): string {
  return shortName(task.clusterArn ?? '')
}

function notFound(account: Account, cluster: string, id: string): NotFound {
  return new NotFound(
    'TaskNotFound',
    `There is no task ${id} in the cluster ${shortName(cluster)} of ${account.name}.`,
    {
      next: 'ECS forgets a stopped task after about an hour.',
    },
  )
}
