/**
 * Reads of tasks: AWS's answer, overlaid with the gateway's recent writes, which AWS may not show yet.
 */
import type { Task } from '@aws-sdk/client-ecs'
import { canReferTo, shortName } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import type { Described } from '../aws/reads/batched-reads.ts'
import { itemsOfAllPages, mapInBatches } from '../aws/reads/paging.ts'
import type { ResourceKind } from '../cache/resource-kind.ts'
import { emptyIfClusterIsNew, requireWellFormedClusterReference } from '../clusters/get.ts'
import { NotFound } from '../problems/problem.ts'
import { toTaskResource } from './schema.ts'

/**
 * The task as it is now.
 * @param ref id or ARN
 * @throws NotFound `TaskNotFound`, also for a reference that no task can have; `ClusterNotFound`
 */
export async function getTask(account: Account, cluster: string, ref: string): Promise<Task> {
  return withRecentWrites(account, cluster, ref, (await describeOne(account, cluster, ref)).value)
}

/** AWS's answer without the recent writes. A reference that no task can have is not sent to AWS. */
async function describeOne(account: Account, cluster: string, ref: string): Promise<Described<Task>> {
  const notDescribed = { value: undefined, requestedAt: performance.now() }
  if (!isTaskReference(cluster, ref)) return notDescribed
  requireWellFormedClusterReference(account, cluster)
  const described = await account.batchedDescribes
    .task(cluster, ref)
    .catch(emptyIfClusterIsNew(account, cluster, notDescribed))
  if (described.value) await account.publicAddresses.lookUp([described.value])
  return described
}

/** Whether the reference can be the id or ARN of a task in the cluster. */
export function isTaskReference(cluster: string, ref: string): boolean {
  return /^([0-9a-f]{32}|[0-9a-f-]{36})$/.test(shortName(ref)) && canReferTo('task', ref, cluster)
}

function withRecentWrites(account: Account, cluster: string, ref: string, answer: Task | undefined): Task {
  const id = shortName(ref)
  const found = isTaskReference(cluster, ref) ? account.recentWrites.overlay('task', id, answer) : undefined
  if (!found || clusterNameOf(found) !== shortName(cluster)) throw notFound(account, cluster, id)
  return found
}

/** Tells the cache how to describe a task, how to convert it to the API's shape, and how often to poll it. */
export const taskKind: ResourceKind<Task> = {
  topic: 'tasks',
  action: 'DescribeTasks',
  maxPerCall: 100,
  describe: (account, { cluster, ref }) => describeOne(account, cluster, ref),
  applyRecentWrites: (account, { cluster, ref }, answer) => withRecentWrites(account, cluster, ref, answer),
  toApiResource: toTaskResource,
  pace: ({ lastStatus, desiredStatus }) =>
    lastStatus === 'STOPPED' ? 'final' : lastStatus === desiredStatus ? 'resting' : 'changing',
}

export interface DescribeOptions {
  /** Whether to look up the public addresses of the tasks; default true. */
  withPublicAddresses?: boolean
}

/** Describes the tasks that exist, in the order of the ids. */
export async function describeTasks(
  account: Account,
  cluster: string,
  ids: readonly string[],
  { withPublicAddresses = true }: DescribeOptions = {},
): Promise<Task[]> {
  const found = await mapInBatches(ids, 100, async (batch) => {
    const tasks = await describe(account, cluster, batch)
    if (withPublicAddresses) await account.publicAddresses.lookUp(tasks)
    const byId = new Map(tasks.map((task) => [shortName(task.taskArn ?? ''), task]))
    return batch.map((id) => account.recentWrites.overlay('task', id, byId.get(id)))
  })
  return found.filter((task) => task !== undefined)
}

async function describe(account: Account, cluster: string, refs: string[]): Promise<Task[]> {
  requireWellFormedClusterReference(account, cluster)
  const { tasks = [] } = await account
    .ecs()
    .describeTasks({ cluster, tasks: refs, include: ['TAGS'] })
    .catch(emptyIfClusterIsNew(account, cluster, { tasks: [] }))
  return tasks
}

/** One of the filters of ListTasks, or none. */
export type TaskSelection = { serviceName?: string } | { family?: string } | { startedBy?: string }

/**
 * The ids of all tasks that ListTasks returns for the desired status and the selection.
 * @param onPage called with the ids of each page
 */
export async function collectTaskIds(
  account: Account,
  cluster: string,
  { desiredStatus, ...selection }: TaskSelection & { desiredStatus: 'RUNNING' | 'STOPPED' },
  onPage?: (ids: string[]) => void,
): Promise<string[]> {
  requireWellFormedClusterReference(account, cluster)
  const arns = await itemsOfAllPages(
    async (nextToken) => {
      const page = await account.ecs().listTasks({ cluster, desiredStatus, maxResults: 100, nextToken, ...selection })
      return { items: page.taskArns, nextToken: page.nextToken }
    },
    (page) => onPage?.(page.map(shortName)),
  ).catch(emptyIfClusterIsNew<string[]>(account, cluster, []))
  return arns.map(shortName)
}

/** Ids of the cluster's tasks that the gateway recently started or stopped: ListTasks may not return them yet. */
export function idsOfUnshownTasks(account: Account, cluster: string): string[] {
  const writes = account.recentWrites
  return writes.namesWithUnshownWrites('task').filter((id) => {
    const task = writes.overlay<Task>('task', id, undefined)
    return task !== undefined && clusterNameOf(task) === shortName(cluster)
  })
}

export function clusterNameOf(task: Task): string {
  return shortName(task.clusterArn ?? '')
}

function notFound(account: Account, cluster: string, id: string): NotFound {
  return new NotFound(
    'TaskNotFound',
    `The cluster ${shortName(cluster)} of the account ${account.name} has no task "${id}".`,
    { next: 'ECS forgets a stopped task after about an hour. GET …/tasks?status=ALL lists the tasks.' },
  )
}
