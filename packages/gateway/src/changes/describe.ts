/** Describes the resources of a stream as they are now: clusters, services and tasks that match its filter. */
import type { Cluster, Service, Task } from '@aws-sdk/client-ecs'
import { shortName } from '@ecs-api/ecs-model'
import { globMatcher } from '../access/fence.ts'
import type { Account } from '../aws/account.ts'
import { inBatches } from '../aws/reads/paging.ts'
import type { Pace } from '../cache/watch/poller.ts'
import { Snapshot, type SnapshotItem } from '../cache/watch/snapshot.ts'
import { emptyIfDeleted } from '../clusters/deleted-cluster.ts'
import { clusterKind, collectClusterNames, describeClusters } from '../clusters/get.ts'
import { presentCluster } from '../clusters/schema.ts'
import type { Caller } from '../http/caller.ts'
import { collectServiceNames, describeServices, serviceKind } from '../services/get.ts'
import { presentListed } from '../services/schema.ts'
import { describeAndIndex, listedIds } from '../tasks/describe.ts'
import { parseFilter } from '../tasks/filter.ts'
import { taskKind } from '../tasks/get.ts'
import { presentTask } from '../tasks/schema.ts'
import { type ChangeFilter, isGlob, type ResourcePattern } from './filter.ts'

interface DescribedItem extends SnapshotItem {
  pace: Pace
}

/** The calls of one part of a snapshot, and its resources. */
interface Part {
  items: DescribedItem[]
  calls: number
}

/**
 * @param before the resources of the snapshot before: one that ECS no longer lists is described once more, so that its
 *   last state is seen
 */
export async function describeSnapshot(
  account: Account,
  { mayUseCluster }: Pick<Caller, 'mayUseCluster'>,
  filter: ChangeFilter,
  before: readonly SnapshotItem[],
): Promise<Snapshot> {
  const patterns = [...filter.clusters, ...[...filter.services, ...filter.tasks].map(({ cluster }) => cluster)]
  const listsClusters = patterns.some(isGlob)
  const listed = listsClusters ? (await collectClusterNames(account)).filter(mayUseCluster) : []
  const matching = (globs: readonly string[]) => {
    const matches = globMatcher(globs)
    return [...new Set([...listed.filter(matches), ...globs.filter((glob) => !isGlob(glob))])]
  }
  const clustersOf = (those: readonly ResourcePattern[]) => matching(those.map(({ cluster }) => cluster))
  const known = Map.groupBy(before, ({ subject: { kind, cluster } }) => `${kind} ${cluster}`)
  const knownIn = (kind: string, cluster: string) => known.get(`${kind} ${cluster}`) ?? []
  const parts: Part[] = [
    { items: [], calls: listsClusters ? Math.max(1, Math.ceil(listed.length / 100)) : 0 },
    await describeAllClusters(account, matching(filter.clusters)),
    ...(await inBatches(clustersOf(filter.services), 1, async ([cluster = '']) => [
      await servicesOf(account, cluster, filter.services, knownIn('service', cluster)),
    ])),
    ...(await inBatches(clustersOf(filter.tasks), 1, async ([cluster = '']) => [
      await tasksOf(account, cluster, filter.tasks, knownIn('task', cluster)),
    ])),
  ]
  const items = parts.flatMap((part) => part.items)
  return new Snapshot(
    items.map(({ pace: _, ...item }) => item),
    {
      pace: items.some(({ pace }) => pace === 'changing') ? 'changing' : 'resting',
      calls: parts.reduce((sum, { calls }) => sum + calls, 0),
    },
  )
}

async function describeAllClusters(account: Account, names: readonly string[]): Promise<Part> {
  const clusters = await describeClusters(account, names)
  return { items: clusters.map(clusterItem), calls: Math.ceil(names.length / 100) }
}

async function servicesOf(
  account: Account,
  cluster: string,
  patterns: readonly ResourcePattern[],
  known: readonly SnapshotItem[],
): Promise<Part> {
  const { literals, matches, hasGlobs } = namesIn(cluster, patterns)
  const listed = hasGlobs ? await collectServiceNames(account, cluster).catch(emptyIfDeleted) : []
  const names = [
    ...new Set([...listed.filter(matches), ...literals, ...known.map(({ subject }) => subject.name ?? '')]),
  ]
  const services = await describeServices(account, cluster, names).catch(emptyIfDeleted)
  const existing = services.filter(({ status }) => status !== 'INACTIVE')
  const calls = (hasGlobs ? Math.max(1, Math.ceil(listed.length / 100)) : 0) + Math.ceil(names.length / 10)
  return { items: existing.map((service) => serviceItem(cluster, service)), calls }
}

/** Tasks that have not stopped, tasks whose id is named, and tasks that have stopped since the snapshot before. */
async function tasksOf(
  account: Account,
  cluster: string,
  patterns: readonly ResourcePattern[],
  known: readonly SnapshotItem[],
): Promise<Part> {
  const { literals, matches, hasGlobs } = namesIn(cluster, patterns)
  const listed = hasGlobs ? await listedIds(account, cluster, parseFilter({})).catch(emptyIfDeleted) : []
  const mayRun = (id: string) => account.taskIndex.get(id)?.lastStatus !== 'STOPPED'
  const shown = new Set([...literals, ...known.filter(({ isOver }) => !isOver).map(({ subject }) => subject.id ?? '')])
  const ids = [...new Set([...listed.filter((id) => matches(id) && mayRun(id)), ...shown])]
  const tasks = await describeAndIndex(account, cluster, ids).catch(emptyIfDeleted)
  const items = tasks
    .map((task) => taskItem(cluster, task))
    .filter(({ subject: { id = '' }, isOver }) => !isOver || shown.has(id))
  const calls = (hasGlobs ? 2 * Math.max(1, Math.ceil(listed.length / 200)) : 0) + Math.ceil(ids.length / 100)
  return { items, calls }
}

/** The patterns of one cluster: names, and a function that tells whether a name matches a glob. */
function namesIn(cluster: string, patterns: readonly ResourcePattern[]) {
  const names = patterns.filter((each) => globMatcher([each.cluster])(cluster)).map(({ name }) => name)
  const globs = names.filter(isGlob)
  return { literals: names.filter((name) => !isGlob(name)), matches: globMatcher(globs), hasGlobs: globs.length > 0 }
}

function clusterItem(cluster: Cluster): DescribedItem {
  const name = cluster.clusterName ?? ''
  const subject = { kind: 'cluster', cluster: name, name }
  return itemOf(subject, presentCluster(cluster), clusterKind.pace(cluster))
}

function serviceItem(cluster: string, service: Service): DescribedItem {
  const subject = { kind: 'service', cluster, name: service.serviceName ?? '' }
  return itemOf(subject, presentListed(service, false), serviceKind.pace(service))
}

function taskItem(cluster: string, task: Task): DescribedItem {
  const subject = { kind: 'task', cluster, id: shortName(task.taskArn ?? '') }
  return itemOf(subject, presentTask(task), taskKind.pace(task))
}

function itemOf(subject: SnapshotItem['subject'], resource: object, pace: Pace): DescribedItem {
  const key = `${subject.kind} ${subject.cluster}/${subject.name ?? subject.id}`
  return { key, subject, resource: JSON.stringify(resource), isOver: pace === 'final', pace }
}
