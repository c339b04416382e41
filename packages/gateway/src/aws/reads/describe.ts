/** Describing one thing of ECS's, together with whoever asks at the same time. */
import type { Cluster, ClusterField, Service, Task } from '@aws-sdk/client-ecs'
import { shortName } from '@ecs-api/ecs-model'
import type { Account } from '../account.ts'
import { type CallContext, currentCallContext } from '../calls/priority.ts'
import { sentAt } from '../calls/sent-at.ts'
import { BatchedReads, type Described } from './batched-reads.ts'

export const clusterFields: ClusterField[] = ['ATTACHMENTS', 'CONFIGURATIONS', 'SETTINGS', 'STATISTICS', 'TAGS']

/** Whom to ask, and in whose name. */
export type Asked = Pick<Account, 'ecs' | 'callContext' | 'budget' | 'acquire'>

interface Reads {
  clusters: BatchedReads<Cluster>
  /** By cluster, as it was written. Those that nobody waits for are let go. */
  services: Map<string, BatchedReads<Service>>
  tasks: Map<string, BatchedReads<Task>>
}

const ofAccounts = new WeakMap<Asked, Reads>()

/** @param ref name or ARN */
export function describeCluster(account: Asked, ref: string): Promise<Described<Cluster>> {
  return readsOf(account).clusters.get(ref, callContextOf(account))
}

/** @throws NotFound `ClusterNotFound` */
export function describeService(account: Asked, cluster: string, ref: string): Promise<Described<Service>> {
  return inCluster(readsOf(account).services, cluster, () => servicesOf(account, cluster)).get(
    ref,
    callContextOf(account),
  )
}

/** @throws NotFound `ClusterNotFound` */
export function describeTask(account: Asked, cluster: string, ref: string): Promise<Described<Task>> {
  return inCluster(readsOf(account).tasks, cluster, () => tasksOf(account, cluster)).get(ref, callContextOf(account))
}

function callContextOf(account: Asked): CallContext {
  return currentCallContext() ?? account.callContext()
}

function readsOf(account: Asked): Reads {
  const known = ofAccounts.get(account)
  if (known) return known
  const made: Reads = { clusters: clustersOf(account), services: new Map(), tasks: new Map() }
  ofAccounts.set(account, made)
  return made
}

const maxClusters = 1000

function inCluster<T>(
  reads: Map<string, BatchedReads<T>>,
  cluster: string,
  make: () => BatchedReads<T>,
): BatchedReads<T> {
  const known = reads.get(cluster)
  if (known) return known
  if (reads.size >= maxClusters) for (const [name, read] of reads) if (read.isIdle) reads.delete(name)
  const made = make()
  reads.set(cluster, made)
  return made
}

function clustersOf(account: Asked): BatchedReads<Cluster> {
  const ask = async (refs: string[]) => {
    const answer = await account.ecs().describeClusters({ clusters: refs, include: clusterFields })
    return { found: byRef(refs, answer.clusters ?? [], (cluster) => cluster.clusterArn), at: sentAt(answer) }
  }
  return new BatchedReads({ maxPerCall: 100, ask, ...budgeted(account, 'DescribeClusters') })
}

function servicesOf(account: Asked, cluster: string): BatchedReads<Service> {
  const ask = async (refs: string[]) => {
    const answer = await account.ecs().describeServices({ cluster, services: refs, include: ['TAGS'] })
    return { found: byRef(refs, answer.services ?? [], (service) => service.serviceArn), at: sentAt(answer) }
  }
  return new BatchedReads({ maxPerCall: 10, ask, ...budgeted(account, 'DescribeServices') })
}

function tasksOf(account: Asked, cluster: string): BatchedReads<Task> {
  const ask = async (refs: string[]) => {
    const answer = await account.ecs().describeTasks({ cluster, tasks: refs, include: ['TAGS'] })
    return { found: byRef(refs, answer.tasks ?? [], (task) => task.taskArn), at: sentAt(answer) }
  }
  return new BatchedReads({ maxPerCall: 100, ask, ...budgeted(account, 'DescribeTasks') })
}

function budgeted({ budget, acquire }: Asked, action: string) {
  const watching = { priority: 'watching', caller: '' } as const
  return {
    turn: () => acquire(action),
    release: () => budget.release(action),
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
