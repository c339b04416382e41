import type { Task } from '@aws-sdk/client-ecs'
import { clusterOfArn, shortName } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import { type IndexedTask, indexedTask } from '../aws/reads/task-index.ts'
import { nothingOfDeletedCluster } from '../clusters/deleted-cluster.ts'
import { clusterNames } from '../clusters/get.ts'
import type { History } from '../history/history.ts'
import type { Caller } from '../http/caller.ts'
import { type Page, type PageQuery, page, placeIn } from '../http/list.ts'
import { NotFound } from '../problems/problem.ts'
import { keptTasks } from './archive.ts'
import { clusterName, describeTasks, ownTaskIds, type TaskSelection, taskIds } from './get.ts'
import { presentTask, type TaskResource } from './schema.ts'

export interface TaskFilter {
  service?: string
  family?: string
  startedBy?: string
  /** By `lastStatus`: PENDING is everything before RUNNING. Without it: all that are not stopped. */
  status?: 'RUNNING' | 'PENDING' | 'STOPPED' | 'ALL'
}

/** A cluster's tasks, newest first. */
export async function listTasks(
  account: Account,
  cluster: string,
  query: TaskFilter & PageQuery,
  history: History,
): Promise<Page<TaskResource>> {
  return paged(account, await withKept(account, cluster, query, history), query)
}

/** The tasks of all clusters that the caller may see, newest first. */
export async function listAllTasks(
  account: Account,
  { mayUseCluster }: Caller,
  query: TaskFilter & PageQuery,
  history: History,
): Promise<Page<TaskResource>> {
  const all: Candidate[] = []
  const named = clusterOfArn(query.service ?? '')
  for (const cluster of (await clusterNames(account)).filter(
    (one) => mayUseCluster(one) && (named === undefined || one === named),
  ))
    all.push(...(await withKept(account, cluster, query, history).catch(nothingOfDeletedCluster)))
  return paged(account, all, query)
}

/** All tasks of the cluster that the filter lets through. */
export async function tasksOf(account: Account, cluster: string, filter: TaskFilter): Promise<Task[]> {
  return (await describe(account, cluster, await idsIn(account, cluster, filter))).filter((task) =>
    matches(task, filter),
  )
}

/** A task that the filter may let through, as far as is known without another look. */
interface Candidate {
  cluster: string
  known: IndexedTask
  /** As this request has seen it. */
  seen: Task | undefined
  /** As it was when it was seen to stop. */
  kept?: TaskResource
  /** ECS doesn't list it any more. */
  isForgotten?: boolean
}

const order = {
  key: ({ known }: Candidate) => [known.createdAt, known.id] as const,
  directions: ['descending'] as const,
}

async function paged(
  account: Account,
  candidates: readonly Candidate[],
  { limit, cursor, ...filter }: TaskFilter & PageQuery,
): Promise<Page<TaskResource>> {
  const shown: Page<TaskResource> = { items: [], nextCursor: cursor ?? null }
  // What a look finds to have moved on makes room for others.
  do {
    const { items, nextCursor } = page(candidates, order, {
      limit: limit - shown.items.length,
      cursor: shown.nextCursor ?? undefined,
    })
    shown.items.push(...(await describeCandidates(account, items, filter)))
    shown.nextCursor = nextCursor
  } while (shown.nextCursor !== null && shown.items.length < limit)
  return shown
}

/** In the order of the candidates. */
async function describeCandidates(
  account: Account,
  candidates: readonly Candidate[],
  filter: TaskFilter,
): Promise<TaskResource[]> {
  const unseen = Map.groupBy(
    candidates.filter(({ seen, isForgotten }) => !seen && !isForgotten),
    ({ cluster }) => cluster,
  )
  const looks = [...unseen].map(([cluster, some]) =>
    describe(
      account,
      cluster,
      some.map(({ known }) => known.id),
    ).catch(nothingOfDeletedCluster),
  )
  const looked = new Map((await Promise.all(looks)).flat().map((task) => [shortName(task.taskArn ?? ''), task]))
  return candidates.flatMap(({ known, seen, kept }) => {
    const task = seen ?? looked.get(known.id)
    return task && matches(task, filter) ? [presentTask(task)] : (kept ?? [])
  })
}

/** With those that have stopped and that ECS doesn't know any more: as many as a page can show. */
async function withKept(
  account: Account,
  cluster: string,
  query: TaskFilter & PageQuery,
  history: History,
): Promise<Candidate[]> {
  const candidates = await candidatesIn(account, cluster, query)
  if (query.status !== 'STOPPED' && query.status !== 'ALL') return candidates
  const listed = new Map(candidates.map((candidate) => [candidate.known.id, candidate]))
  const forgotten: Candidate[] = []
  let after = query.cursor === undefined ? undefined : placeIn(query.cursor)
  let isMore = true
  // What ECS lists still makes room for others.
  while (isMore && forgotten.length <= query.limit) {
    const kept = await keptTasks(account, cluster, query, { history, limit: query.limit + 1, after })
    for (const task of kept) {
      const there = listed.get(task.known.id)
      if (there) there.kept = task.kept
      else forgotten.push({ ...task, isForgotten: true })
    }
    const last = kept.at(-1)?.known
    after = last && { at: new Date(last.createdAt).toISOString(), id: last.id }
    isMore = kept.length > query.limit
  }
  return [...candidates, ...forgotten]
}

/** No more than a page can show is kept of what was only looked at to be placed. */
const maxSeen = 1000

async function candidatesIn(account: Account, cluster: string, filter: TaskFilter): Promise<Candidate[]> {
  const known = account.taskIndex
  const seen = new Map<string, Task>()
  const look = async (ids: readonly string[]) => {
    for (const task of await describe(account, cluster, ids))
      if (seen.size < maxSeen) seen.set(shortName(task.taskArn ?? ''), task)
  }
  const looks: Promise<void>[] = []
  const asked = new Set<string>()
  const describeUnknown = (ids: readonly string[]) => {
    const unknown = ids.filter((id) => !known.get(id) && !asked.has(id))
    for (const id of unknown) asked.add(id)
    const looking = look(unknown)
    // Awaited once all ids are there.
    looking.catch(() => {})
    looks.push(looking)
  }
  const ids = await idsIn(account, cluster, filter, describeUnknown)
  describeUnknown(ids)
  await Promise.all(looks)
  const named = shortName(cluster)
  return ids.flatMap((id) => {
    const task = known.get(id)
    return task && mayMatch(task, filter) ? [{ cluster: named, known: task, seen: seen.get(id) }] : []
  })
}

/**
 * Those that ECS lists, which takes only some pairs of filters: it gets one, the rest is done here; and those of this service's own that it
 * may not list yet.
 */
async function idsIn(
  account: Account,
  cluster: string,
  filter: TaskFilter,
  onPage?: (ids: string[]) => void,
): Promise<string[]> {
  const selection: TaskSelection = filter.service
    ? { serviceName: shortName(filter.service) }
    : filter.family
      ? { family: filter.family }
      : { startedBy: filter.startedBy }
  const listed = (desiredStatus: 'RUNNING' | 'STOPPED') =>
    taskIds(account, cluster, { desiredStatus, ...selection }, onPage).catch(noSuchService)
  const lists = await Promise.all(desiredStatuses(filter).map(listed))
  return [...new Set([...lists.flat(), ...ownTaskIds(account, cluster)])]
}

async function describe(account: Account, cluster: string, ids: readonly string[]): Promise<Task[]> {
  const tasks = (await describeTasks(account, cluster, ids)).filter((task) => clusterName(task) === shortName(cluster))
  for (const task of tasks) account.taskIndex.add(task)
  return tasks
}

/** ECS lists a task under the desired status. */
function desiredStatuses({ status }: TaskFilter): ('RUNNING' | 'STOPPED')[] {
  return status === 'STOPPED' ? ['STOPPED'] : ['RUNNING', 'STOPPED']
}

/** A filter by a service that isn't there lets nothing through. */
function noSuchService(error: unknown): string[] {
  if (error instanceof NotFound && error.code === 'ServiceNotFound') return []
  throw error
}

const beforeRunning = new Set(['PROVISIONING', 'PENDING', 'ACTIVATING'])

function matches(task: Task, filter: TaskFilter): boolean {
  const { lastStatus = '' } = task
  const isOfStatus =
    filter.status === 'ALL' ||
    (filter.status === undefined && lastStatus !== 'STOPPED') ||
    (filter.status === 'PENDING' && beforeRunning.has(lastStatus)) ||
    filter.status === lastStatus
  return isOfStatus && isMeant(indexedTask(task), filter)
}

/** Whether a look may find it to match, however far it has come since it was last seen. */
function mayMatch(task: IndexedTask, filter: TaskFilter): boolean {
  const { status } = filter
  const isPossible =
    status === 'ALL' ||
    status === 'STOPPED' ||
    beforeRunning.has(task.lastStatus) ||
    (status === 'RUNNING' && task.lastStatus === 'RUNNING') ||
    (status === undefined && task.lastStatus !== 'STOPPED')
  return isPossible && isMeant(task, filter)
}

function isMeant(task: IndexedTask, { service, family, startedBy }: TaskFilter): boolean {
  return (
    (service === undefined || task.group === `service:${shortName(service)}`) &&
    (family === undefined || task.family === family) &&
    (startedBy === undefined || task.startedBy === startedBy)
  )
}
