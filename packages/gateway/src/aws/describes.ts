/** Describing one thing of ECS's, together with whoever asks at the same time. */
import type { Cluster, ClusterField, Service, Task } from '@aws-sdk/client-ecs'
import { shortName } from '@ecs-api/ecs-model'
import type { Account } from './account.ts'
import { ownAsking, type Urgency } from './asking.ts'
import { sentAt } from './sent-at.ts'
import { type Described, SharedReads } from './shared-reads.ts'

export const clusterFields: ClusterField[] = ['ATTACHMENTS', 'CONFIGURATIONS', 'SETTINGS', 'STATISTICS', 'TAGS']

/** Whom to ask, and in whose name. */
export type Asked = Pick<Account, 'ecs' | 'asking'>

interface Reads {
  clusters: SharedReads<Cluster>
  /** By cluster, as it was written. Those that nobody waits for are let go. */
  services: Map<string, SharedReads<Service>>
  tasks: Map<string, SharedReads<Task>>
}

/** What is less urgent must not be what something more urgent waits for. */
const ofAccounts = new WeakMap<Asked, Map<Urgency, Reads>>()

/** @param ref name or ARN */
export function describeCluster(account: Asked, ref: string): Promise<Described<Cluster>> {
  return readsOf(account).clusters.get(ref)
}

/** @throws NotFound `ClusterNotFound` */
export function describeService(account: Asked, cluster: string, ref: string): Promise<Described<Service>> {
  return inCluster(readsOf(account).services, cluster, () => services(account, cluster)).get(ref)
}

/** @throws NotFound `ClusterNotFound` */
export function describeTask(account: Asked, cluster: string, ref: string): Promise<Described<Task>> {
  return inCluster(readsOf(account).tasks, cluster, () => tasks(account, cluster)).get(ref)
}

function readsOf(account: Asked): Reads {
  const urgency = (ownAsking() ?? account.asking()).urgency
  const byUrgency = ofAccounts.get(account) ?? new Map<Urgency, Reads>()
  ofAccounts.set(account, byUrgency)
  const known = byUrgency.get(urgency)
  if (known) return known
  const made: Reads = { clusters: clusters(account), services: new Map(), tasks: new Map() }
  byUrgency.set(urgency, made)
  return made
}

const mostClusters = 1000

function inCluster<T>(reads: Map<string, SharedReads<T>>, cluster: string, make: () => SharedReads<T>): SharedReads<T> {
  const known = reads.get(cluster)
  if (known) return known
  if (reads.size >= mostClusters) for (const [name, read] of reads) if (read.isIdle) reads.delete(name)
  const made = make()
  reads.set(cluster, made)
  return made
}

function clusters(account: Asked): SharedReads<Cluster> {
  return new SharedReads(async (refs) => {
    const answer = await account.ecs().describeClusters({ clusters: refs, include: clusterFields })
    return { found: byRef(refs, answer.clusters ?? [], (cluster) => cluster.clusterArn), at: sentAt(answer) }
  }, 100)
}

function services(account: Asked, cluster: string): SharedReads<Service> {
  return new SharedReads(async (refs) => {
    const answer = await account.ecs().describeServices({ cluster, services: refs, include: ['TAGS'] })
    return { found: byRef(refs, answer.services ?? [], (service) => service.serviceArn), at: sentAt(answer) }
  }, 10)
}

function tasks(account: Asked, cluster: string): SharedReads<Task> {
  return new SharedReads(async (refs) => {
    const answer = await account.ecs().describeTasks({ cluster, tasks: refs, include: ['TAGS'] })
    return { found: byRef(refs, answer.tasks ?? [], (task) => task.taskArn), at: sentAt(answer) }
  }, 100)
}

/** What was asked for by name or by ARN, under the words that it was asked for by. */
function byRef<T>(refs: readonly string[], found: readonly T[], arnOf: (thing: T) => string | undefined): Map<string, T> {
  const known = new Map<string, T>()
  for (const thing of found) {
    const arn = arnOf(thing) ?? ''
    known.set(arn, thing).set(shortName(arn), thing)
  }
  return new Map(refs.flatMap((ref) => (known.has(ref) ? [[ref, known.get(ref)!]] : [])))
}
