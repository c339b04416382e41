/** Describing one thing of ECS's, together with whoever asks at the same time. */
import type { Cluster, ClusterField, Service, Task } from '@aws-sdk/client-ecs'
import { shortName } from '@ecs-api/ecs-model'
import type { Account } from '../account.ts'
import { type Asking, ownAsking } from '../calls/priority.ts'
import { sentAt } from '../calls/sent-at.ts'
import { type Described, SharedReads } from './batched-reads.ts'

export const clusterFields: ClusterField[] = ['ATTACHMENTS', 'CONFIGURATIONS', 'SETTINGS', 'STATISTICS', 'TAGS']

/** Whom to ask, and in whose name. */
export type Asked = Pick<Account, 'ecs' | 'asking' | 'budget' | 'turnOf'>

interface Reads {
  clusters: SharedReads<Cluster>
  /** By cluster, as it was written. Those that nobody waits for are let go. */
  services: Map<string, SharedReads<Service>>
  tasks: Map<string, SharedReads<Task>>
}

const ofAccounts = new WeakMap<Asked, Reads>()

/** @param ref name or ARN */
export function describeCluster(account: Asked, ref: string): Promise<Described<Cluster>> {
  return readsOf(account).clusters.get(ref, askingOf(account))
}

/** @throws NotFound `ClusterNotFound` */
export function describeService(account: Asked, cluster: string, ref: string): Promise<Described<Service>> {
  return inCluster(readsOf(account).services, cluster, () => servicesOf(account, cluster)).get(ref, askingOf(account))
}

/** @throws NotFound `ClusterNotFound` */
export function describeTask(account: Asked, cluster: string, ref: string): Promise<Described<Task>> {
  return inCluster(readsOf(account).tasks, cluster, () => tasksOf(account, cluster)).get(ref, askingOf(account))
}

function askingOf(account: Asked): Asking {
  return ownAsking() ?? account.asking()
}

function readsOf(account: Asked): Reads {
  const known = ofAccounts.get(account)
  if (known) return known
  const made: Reads = { clusters: clustersOf(account), services: new Map(), tasks: new Map() }
  ofAccounts.set(account, made)
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

function clustersOf(account: Asked): SharedReads<Cluster> {
  const ask = async (refs: string[]) => {
    const answer = await account.ecs().describeClusters({ clusters: refs, include: clusterFields })
    return { found: byRef(refs, answer.clusters ?? [], (cluster) => cluster.clusterArn), at: sentAt(answer) }
  }
  return new SharedReads({ mostPerCall: 100, ask, ...budgeted(account, 'DescribeClusters') })
}

function servicesOf(account: Asked, cluster: string): SharedReads<Service> {
  const ask = async (refs: string[]) => {
    const answer = await account.ecs().describeServices({ cluster, services: refs, include: ['TAGS'] })
    return { found: byRef(refs, answer.services ?? [], (service) => service.serviceArn), at: sentAt(answer) }
  }
  return new SharedReads({ mostPerCall: 10, ask, ...budgeted(account, 'DescribeServices') })
}

function tasksOf(account: Asked, cluster: string): SharedReads<Task> {
  const ask = async (refs: string[]) => {
    const answer = await account.ecs().describeTasks({ cluster, tasks: refs, include: ['TAGS'] })
    return { found: byRef(refs, answer.tasks ?? [], (task) => task.taskArn), at: sentAt(answer) }
  }
  return new SharedReads({ mostPerCall: 100, ask, ...budgeted(account, 'DescribeTasks') })
}

function budgeted({ budget, turnOf }: Asked, action: string) {
  const watching = { urgency: 'watching', caller: '' } as const
  return {
    turn: () => turnOf(action),
    giveBack: () => budget.giveBack(action),
    // Where even who only watches could call now.
    hasRoom: () => budget.delayMs(action, watching) === 0,
  }
}

/** What was asked for by name or by ARN, under the words that it was asked for by. */
function byRef<T>(
  refs: readonly string[],
  found: readonly T[],
  arnOf: (thing: T) => string | undefined,
): Map<string, T> {
  const known = new Map<string, T>()
  for (const thing of found) {
    const arn = arnOf(thing) ?? ''
    known.set(arn, thing).set(shortName(arn), thing)
  }
  return new Map(refs.flatMap((ref) => (known.has(ref) ? [[ref, known.get(ref)!]] : [])))
}
