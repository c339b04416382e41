/**
 * Lists of tasks, newest first. A list parses its filter, collects the tasks that can match (the candidates), and
 * describes only the candidates of the page.
 */
import type { Task } from '@aws-sdk/client-ecs'
import { shortName } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import { mapInBatches } from '../aws/reads/paging.ts'
import { emptyIfDeleted } from '../clusters/deleted-cluster.ts'
import { collectClusterNames } from '../clusters/get.ts'
import type { History } from '../history/history.ts'
import type { Caller } from '../http/caller.ts'
import { type Page, type PageQuery, pageOf } from '../http/list.ts'
import { collectCandidates, type TaskCandidate } from './candidates.ts'
import { describeAndIndexTasks } from './describe.ts'
import { matchesTaskFilter, parseTaskFilter, type TaskFilter, type TaskQuery } from './filter.ts'
import { type TaskResource, toTaskResource } from './schema.ts'

export type TaskListQuery = TaskQuery & PageQuery

/** Lists the tasks of a cluster, newest first. */
export async function listTasks(
  account: Account,
  cluster: string,
  query: TaskListQuery,
  history: History,
): Promise<Page<TaskResource>> {
  const filter = parseTaskFilter(query)
  const candidates = await collectCandidates(account, cluster, filter, { ...query, history })
  return describePage(account, candidates, filter, query)
}

/** Lists the tasks of all clusters that the caller may use, newest first. */
export async function listAllTasks(
  account: Account,
  { mayUseCluster }: Caller,
  query: TaskListQuery,
  history: History,
): Promise<Page<TaskResource>> {
  const filter = parseTaskFilter(query)
  const clusters = (await collectClusterNames(account)).filter(
    (name) => mayUseCluster(name) && (filter.cluster === undefined || name === filter.cluster),
  )
  const candidates = await mapInBatches(clusters, 1, async ([cluster]) =>
    collectCandidates(account, cluster!, filter, { ...query, history }).catch(emptyIfDeleted),
  )
  return describePage(account, candidates, filter, query)
}

const newestFirst = {
  key: ({ indexEntry }: TaskCandidate) => [indexEntry.createdAt, indexEntry.id] as const,
  directions: ['descending'] as const,
}

/** One page of the candidates that match. */
async function describePage(
  account: Account,
  candidates: readonly TaskCandidate[],
  filter: TaskFilter,
  { limit, cursor }: PageQuery,
): Promise<Page<TaskResource>> {
  const result: Page<TaskResource> = { items: [], nextCursor: cursor ?? null }
  // A candidate may no longer match once it is described: then later candidates fill the page.
  do {
    const { items, nextCursor } = pageOf(candidates, newestFirst, {
      limit: limit - result.items.length,
      cursor: result.nextCursor ?? undefined,
    })
    const described = await describeCandidates(account, items)
    result.items.push(...described.flatMap((candidate) => resourceIfMatching(candidate, filter)))
    result.nextCursor = nextCursor
  } while (result.nextCursor !== null && result.items.length < limit)
  return result
}

interface DescribedCandidate {
  /** Undefined when ECS no longer returns the task. */
  task: Task | undefined
  archived: TaskResource | undefined
}

/** Describes the candidates that this request has not described yet, and keeps their order. */
async function describeCandidates(
  account: Account,
  candidates: readonly TaskCandidate[],
): Promise<DescribedCandidate[]> {
  const missing = Map.groupBy(
    candidates.filter(({ described, isForgotten }) => !described && !isForgotten),
    ({ cluster }) => cluster,
  )
  const tasks = await mapInBatches([...missing], 1, async ([group]) => {
    const [cluster, candidatesOfCluster] = group!
    const ids = candidatesOfCluster.map(({ indexEntry }) => indexEntry.id)
    return describeAndIndexTasks(account, cluster, ids).catch(emptyIfDeleted)
  })
  const byId = new Map(tasks.map((task) => [shortName(task.taskArn ?? ''), task]))
  await account.publicAddresses.lookUp(candidates.flatMap(({ described }) => described ?? []))
  return candidates.map(({ indexEntry, described, archived }) => ({
    task: described ?? byId.get(indexEntry.id),
    archived,
  }))
}

/** The task as a resource, in a list of one; an empty list when the task does not match any more. */
function resourceIfMatching({ task, archived }: DescribedCandidate, filter: TaskFilter): TaskResource[] {
  if (task && matchesTaskFilter(task, filter)) return [toTaskResource(task)]
  return archived ? [archived] : []
}
