/** Describes of one resource each. Those that are asked for at the same time share a call. */
import type { Cluster, ClusterField, ECS, Service, Task } from '@aws-sdk/client-ecs'
import { shortName } from '@ecs-api/ecs-model'
import { type Permit, withPermit } from '../calls/permit.ts'
import { type CallContext, currentCallContext } from '../calls/priority.ts'
import type { RequestBudget } from '../calls/request-budget.ts'
import { sentAt } from '../calls/sent-at.ts'
import { BatchedReads, type Described, type Source } from './batched-reads.ts'

export const clusterFields: ClusterField[] = ['ATTACHMENTS', 'CONFIGURATIONS', 'SETTINGS', 'STATISTICS', 'TAGS']

export interface DescribesDeps {
  ecs: () => ECS
  /** Of calls outside of `withCallContext`. */
  callContext: () => CallContext
  budget: RequestBudget
  acquire: (action: string) => Promise<Permit>
}

const maxClusters = 1000

export class Describes {
  readonly #deps: DescribesDeps
  readonly #clusters: BatchedReads<Cluster>
  /** By cluster, as it was written. Idle ones are evicted. */
  readonly #services = new Map<string, BatchedReads<Service>>()
  readonly #tasks = new Map<string, BatchedReads<Task>>()

  constructor(deps: DescribesDeps) {
    this.#deps = deps
    this.#clusters = new BatchedReads(this.#clusterSource())
  }

  /** @param ref name or ARN */
  cluster(ref: string): Promise<Described<Cluster>> {
    return this.#get(this.#clusters, ref)
  }

  /** @throws NotFound `ClusterNotFound` */
  service(cluster: string, ref: string): Promise<Described<Service>> {
    return this.#get(
      readsIn(this.#services, cluster, () => this.#serviceSource(cluster)),
      ref,
    )
  }

  /** @throws NotFound `ClusterNotFound` */
  task(cluster: string, ref: string): Promise<Described<Task>> {
    return this.#get(
      readsIn(this.#tasks, cluster, () => this.#taskSource(cluster)),
      ref,
    )
  }

  #get<T>(reads: BatchedReads<T>, ref: string): Promise<Described<T>> {
    return reads.get(ref, currentCallContext() ?? this.#deps.callContext())
  }

  #clusterSource(): Source<Cluster> {
    return {
      ...this.#budgeted('DescribeClusters'),
      maxPerCall: 100,
      ask: async (refs, permit) => {
        const input = withPermit({ clusters: refs, include: clusterFields }, permit)
        const output = await this.#deps.ecs().describeClusters(input)
        return { found: byRef(refs, output.clusters ?? [], ({ clusterArn }) => clusterArn), at: sentAt(output) }
      },
    }
  }

  #serviceSource(cluster: string): Source<Service> {
    return {
      ...this.#budgeted('DescribeServices'),
      maxPerCall: 10,
      ask: async (refs, permit) => {
        const input = withPermit({ cluster, services: refs, include: ['TAGS' as const] }, permit)
        const output = await this.#deps.ecs().describeServices(input)
        return { found: byRef(refs, output.services ?? [], ({ serviceArn }) => serviceArn), at: sentAt(output) }
      },
    }
  }

  #taskSource(cluster: string): Source<Task> {
    return {
      ...this.#budgeted('DescribeTasks'),
      maxPerCall: 100,
      ask: async (refs, permit) => {
        const input = withPermit({ cluster, tasks: refs, include: ['TAGS' as const] }, permit)
        const output = await this.#deps.ecs().describeTasks(input)
        return { found: byRef(refs, output.tasks ?? [], ({ taskArn }) => taskArn), at: sentAt(output) }
      },
    }
  }

  #budgeted(action: string): Pick<Source<never>, 'acquire' | 'release' | 'hasRoom'> {
    const { acquire, budget } = this.#deps
    const watching = { priority: 'watching', caller: '' } as const
    return {
      acquire: () => acquire(action),
      release: () => budget.release(action),
      // Even a call of the lowest priority could be made now.
      hasRoom: () => budget.delayMs(action, watching) === 0,
    }
  }
}

function readsIn<T>(reads: Map<string, BatchedReads<T>>, cluster: string, source: () => Source<T>): BatchedReads<T> {
  const known = reads.get(cluster)
  if (known) return known
  if (reads.size >= maxClusters) for (const [name, read] of reads) if (read.isIdle) reads.delete(name)
  const made = new BatchedReads(source())
  reads.set(cluster, made)
  return made
}

/** Found resources by the words that they were asked for by: name or ARN. */
function byRef<T>(
  refs: readonly string[],
  found: readonly T[],
  arnOf: (resource: T) => string | undefined,
): Map<string, T> {
  const known = new Map<string, T>()
  for (const resource of found) {
    const arn = arnOf(resource) ?? ''
    known.set(arn, resource).set(shortName(arn), resource)
  }
  return new Map(refs.flatMap((ref) => (known.has(ref) ? [[ref, known.get(ref)!]] : [])))
}
