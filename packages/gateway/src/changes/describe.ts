/** Describes the clusters, services and tasks that match the filter of a stream. */
import type { Cluster, Service, Task } from '@aws-sdk/client-ecs'
import { shortName } from '@ecs-api/ecs-model'
import { globMatcher } from '../access/fence.ts'
import type { Account } from '../aws/account.ts'
import { mapInBatches } from '../aws/reads/paging.ts'
import type { Pace } from '../cache/watch/poller.ts'
import { Snapshot, type SnapshotItem } from '../cache/watch/snapshot.ts'
import { emptyIfDeleted } from '../clusters/deleted-cluster.ts'
import { clusterKind, collectClusterNames, describeClusters } from '../clusters/get.ts'
import { toClusterResource } from '../clusters/schema.ts'
import type { Caller } from '../http/caller.ts'
import { collectServiceNames, describeServices, serviceKind } from '../services/get.ts'
import { toListedService } from '../services/schema.ts'
import { collectListedTaskIds, describeAndIndexTasks } from '../tasks/describe.ts'
import { parseTaskFilter } from '../tasks/filter.ts'
import { taskKind } from '../tasks/get.ts'
import { toTaskResource } from '../tasks/schema.ts'
import { type ChangeFilter, isGlob, type ResourcePattern } from './filter.ts'

interface DescribedItem extends SnapshotItem {
  pace: Pace
}

/** A part of a snapshot: its clusters, or the services or tasks of one cluster. */
interface Part {
  items: DescribedItem[]
  /** About how many calls to AWS the description of this part needs. They set the pace of the polls. */
  calls: number
}

/** With one cluster in each batch, `mapInBatches` describes a few clusters at the same time. */
const clustersPerBatch = 1

/** The number of calls to AWS for a list. An empty list needs one call, too. */
const callsToList = (count: number, perCall: number) => Math.max(1, Math.ceil(count / perCall))
const callsToDescribe = (count: number, perCall: number) => Math.ceil(count / perCall)

/**
 * Describes all resources that match the filter.
 * @param previous the resources of the previous snapshot. A service or task of a cluster that ECS no longer lists is
 *   described once more, so that clients get its last state.
 */
export async function describeSnapshot(
  account: Account,
  { mayUseCluster }: Pick<Caller, 'mayUseCluster'>,
  filter: ChangeFilter,
  previous: readonly SnapshotItem[],
): Promise<Snapshot> {
  const patterns = [...filter.clusters, ...[...filter.services, ...filter.tasks].map(({ cluster }) => cluster)]
  const listsClusters = patterns.some(isGlob)
  const listedClusters = listsClusters ? (await collectClusterNames(account)).filter(mayUseCluster) : []
  const clustersMatching = (globs: readonly string[]) => {
    const matches = globMatcher(globs)
    return [...new Set([...listedClusters.filter(matches), ...globs.filter((glob) => !isGlob(glob))])]
  }
  const clustersOf = (kindPatterns: readonly ResourcePattern[]) =>
    clustersMatching(kindPatterns.map(({ cluster }) => cluster))
  const previousByCluster = Map.groupBy(previous, ({ subject: { kind, cluster } }) => `${kind} ${cluster}`)
  const previousIn = (kind: string, cluster: string) => previousByCluster.get(`${kind} ${cluster}`) ?? []
  const parts: Part[] = [
    { items: [], calls: listsClusters ? callsToList(listedClusters.length, 100) : 0 },
    await describeClusterPart(account, clustersMatching(filter.clusters)),
    ...(await mapInBatches(clustersOf(filter.services), clustersPerBatch, async ([cluster = '']) => [
      await describeServicePart(account, cluster, filter.services, previousIn('service', cluster)),
    ])),
    ...(await mapInBatches(clustersOf(filter.tasks), clustersPerBatch, async ([cluster = '']) => [
      await describeTaskPart(account, cluster, filter.tasks, previousIn('task', cluster)),
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

async function describeClusterPart(account: Account, names: readonly string[]): Promise<Part> {
  const clusters = await describeClusters(account, names)
  return { items: clusters.map(clusterItem), calls: callsToDescribe(names.length, 100) }
}

/** Describes the services that match the patterns, and those of the previous snapshot that still exist. */
async function describeServicePart(
  account: Account,
  cluster: string,
  patterns: readonly ResourcePattern[],
  previous: readonly SnapshotItem[],
): Promise<Part> {
  const { literals, matches, hasGlobs } = namesIn(cluster, patterns)
  const listed = hasGlobs ? await collectServiceNames(account, cluster).catch(emptyIfDeleted) : []
  const names = [
    ...new Set([...listed.filter(matches), ...literals, ...previous.map(({ subject }) => subject.name ?? '')]),
  ]
  const services = await describeServices(account, cluster, names).catch(emptyIfDeleted)
  const existing = services.filter(({ status }) => status !== 'INACTIVE')
  const calls = (hasGlobs ? callsToList(listed.length, 100) : 0) + callsToDescribe(names.length, 10)
  return { items: existing.map((service) => serviceItem(cluster, service)), calls }
}

/**
 * Describes the tasks that have not stopped, the tasks whose id is in the filter, and the tasks that have stopped since
 * the previous snapshot.
 */
async function describeTaskPart(
  account: Account,
  cluster: string,
  patterns: readonly ResourcePattern[],
  previous: readonly SnapshotItem[],
): Promise<Part> {
  const { literals, matches, hasGlobs } = namesIn(cluster, patterns)
  const anyTask = parseTaskFilter({})
  const listed = hasGlobs ? await collectListedTaskIds(account, cluster, anyTask).catch(emptyIfDeleted) : []
  const mayRun = (id: string) => account.taskIndex.get(id)?.lastStatus !== 'STOPPED'
  const stillRunning = previous.filter(({ isOver }) => !isOver).map(({ subject }) => subject.id ?? '')
  const namedOrRunning = new Set([...literals, ...stillRunning])
  const ids = [...new Set([...listed.filter((id) => matches(id) && mayRun(id)), ...namedOrRunning])]
  const tasks = await describeAndIndexTasks(account, cluster, ids).catch(emptyIfDeleted)
  const items = tasks
    .map((task) => taskItem(cluster, task))
    .filter(({ subject: { id = '' }, isOver }) => !isOver || namedOrRunning.has(id))
  // Tasks are listed twice, by the desired statuses RUNNING and STOPPED, with 100 a page each.
  const calls = (hasGlobs ? 2 * callsToList(listed.length, 200) : 0) + callsToDescribe(ids.length, 100)
  return { items, calls }
}

/** Returns the patterns of one cluster: the plain names (`literals`), and whether a name matches one of the globs. */
function namesIn(cluster: string, patterns: readonly ResourcePattern[]) {
  const names = patterns.filter((each) => globMatcher([each.cluster])(cluster)).map(({ name }) => name)
  const globs = names.filter(isGlob)
  return { literals: names.filter((name) => !isGlob(name)), matches: globMatcher(globs), hasGlobs: globs.length > 0 }
}

function clusterItem(cluster: Cluster): DescribedItem {
  const name = cluster.clusterName ?? ''
  const subject = { kind: 'cluster', cluster: name, name }
  return itemOf(subject, toClusterResource(cluster), clusterKind.pace(cluster))
}

function serviceItem(cluster: string, service: Service): DescribedItem {
  const subject = { kind: 'service', cluster, name: service.serviceName ?? '' }
  return itemOf(subject, toListedService(service, { includeEvents: false }), serviceKind.pace(service))
}

function taskItem(cluster: string, task: Task): DescribedItem {
  const subject = { kind: 'task', cluster, id: shortName(task.taskArn ?? '') }
  return itemOf(subject, toTaskResource(task), taskKind.pace(task))
}

function itemOf(subject: SnapshotItem['subject'], resource: object, pace: Pace): DescribedItem {
  const key = `${subject.kind} ${subject.cluster}/${subject.name ?? subject.id}`
  return { key, subject, resource: JSON.stringify(resource), isOver: pace === 'final', pace }
}
