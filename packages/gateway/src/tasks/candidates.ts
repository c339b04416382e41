/**
 * The tasks that a list can contain. They come from ListTasks, from the gateway's recent writes, and from the history
 * of stopped tasks. The account's task index has most of them, so they are sorted and filtered without DescribeTasks.
 */
import type { Task } from '@aws-sdk/client-ecs'
import { canReferTo, shortName } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import type { IndexedTask } from '../aws/reads/task-index.ts'
import { emptyIfClusterIsNew } from '../clusters/get.ts'
import type { History } from '../history/history.ts'
import { type PageQuery, positionInCursor } from '../http/list.ts'
import { findArchivedTasks } from './archive.ts'
import { collectListedTaskIds, describeAndIndexTasks } from './describe.ts'
import { earliestTaskCreation } from './earliest-creation.ts'
import { mayMatchTaskFilter, type TaskFilter } from './filter.ts'
import type { TaskResource } from './schema.ts'

/** A task that can match the filter. */
export interface TaskCandidate {
  cluster: string
  indexEntry: IndexedTask
  /** The description, when this request has already read it. */
  described: Task | undefined
  /** The resource as it was when the task stopped, from the history. */
  archived?: TaskResource
  /** ECS no longer returns the task. */
  isForgotten?: boolean
}

interface CandidatesOptions extends PageQuery {
  history: History
}

interface ArchivedOptions extends CandidatesOptions {
  createdSince: number
}

/** All candidates that ECS returns, and enough of the tasks that ECS has forgotten to fill a page. */
export async function collectCandidates(
  account: Account,
  cluster: string,
  filter: TaskFilter,
  options: CandidatesOptions,
): Promise<TaskCandidate[]> {
  if (!filter.includesStopped) return collectListed(account, cluster, filter)
  const [createdSince, listed] = await Promise.all([
    findEarliestCreation(account, cluster, filter),
    collectListed(account, cluster, filter),
  ])
  const ofThisService = listed.filter(({ indexEntry }) => indexEntry.createdAt >= createdSince)
  return addArchived(account, cluster, filter, ofThisService, { ...options, createdSince })
}

/** Stopped tasks from before this time belong to a deleted service of the same name. 0 for a list without a service. */
async function findEarliestCreation(account: Account, cluster: string, { group }: TaskFilter): Promise<number> {
  const name = group?.slice('service:'.length)
  if (name === undefined || !canReferTo('service', name, cluster)) return 0
  const notDescribed = { value: undefined, requestedAt: performance.now() }
  const { value } = await account.batchedDescribes
    .service(cluster, name)
    .catch(emptyIfClusterIsNew(account, cluster, notDescribed))
  return value ? earliestTaskCreation(account, value) : 0
}

/** A page has at most this many tasks. Further descriptions are dropped, which bounds the memory of a request. */
const maxDescribed = 1000

/** The candidates that ECS returns. Tasks without an index entry are described while ListTasks returns more pages. */
async function collectListed(account: Account, cluster: string, filter: TaskFilter): Promise<TaskCandidate[]> {
  const { taskIndex } = account
  const described = new Map<string, Task>()
  const requested = new Set<string>()
  const describing: Promise<void>[] = []
  const describe = async (ids: readonly string[]) => {
    // Few of these tasks will be on the page, which looks up their addresses.
    for (const task of await describeAndIndexTasks(account, cluster, ids, { withPublicAddresses: false }))
      if (described.size < maxDescribed) described.set(shortName(task.taskArn ?? ''), task)
  }
  const describeUnknown = (ids: readonly string[]) => {
    const unknown = ids.filter((id) => !taskIndex.get(id) && !requested.has(id))
    for (const id of unknown) requested.add(id)
    const call = describe(unknown)
    // The call is awaited only after the last page. Node must not report an earlier rejection as unhandled.
    call.catch(() => {})
    describing.push(call)
  }
  const ids = await collectListedTaskIds(account, cluster, filter, describeUnknown)
  describeUnknown(ids)
  await Promise.all(describing)
  return ids.flatMap((id) => {
    const indexEntry = taskIndex.get(id)
    return indexEntry && mayMatchTaskFilter(indexEntry, filter)
      ? [{ cluster: shortName(cluster), indexEntry, described: described.get(id) }]
      : []
  })
}

/** Adds the archived resources of the listed candidates, and the stopped tasks that ECS has forgotten. */
async function addArchived(
  account: Account,
  cluster: string,
  filter: TaskFilter,
  listed: readonly TaskCandidate[],
  { history, limit, cursor, createdSince }: ArchivedOptions,
): Promise<TaskCandidate[]> {
  const byId = new Map(listed.map((candidate) => [candidate.indexEntry.id, candidate]))
  const forgotten: TaskCandidate[] = []
  let after = cursor === undefined ? undefined : positionInCursor(cursor)
  let hasMore = true
  // The history also has tasks that ECS still returns. They do not count towards the page.
  while (hasMore && forgotten.length <= limit) {
    const archived = await findArchivedTasks(account, cluster, filter, {
      history,
      limit: limit + 1,
      createdSince,
      after,
    })
    for (const { indexEntry, resource } of archived) {
      const known = byId.get(indexEntry.id)
      if (known) known.archived = resource
      else
        forgotten.push({
          cluster: shortName(cluster),
          indexEntry,
          described: undefined,
          archived: resource,
          isForgotten: true,
        })
    }
    const last = archived.at(-1)?.indexEntry
    after = last && { at: new Date(last.createdAt).toISOString(), id: last.id }
    hasMore = archived.length > limit
  }
  return [...listed, ...forgotten]
}
