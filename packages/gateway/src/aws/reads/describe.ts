/**
 * Describes single clusters, services and tasks of an account. Resources that are requested at about the same time
 * share a call to AWS (see `batched-reads.ts`).
 */
import type { Cluster, ClusterField, ECS, Service, Task } from '@aws-sdk/client-ecs'
import { shortName } from '@ecs-api/ecs-model'
import { type Permit, withPermit } from '../calls/permit.ts'
import { type CallContext, currentCallContext } from '../calls/priority.ts'
import type { RequestBudget } from '../calls/request-budget.ts'
import { sentAt } from '../calls/sent-at.ts'
import { BatchedReads, type BatchSource, type Described } from './batched-reads.ts'

/** The parts of a cluster that DescribeClusters returns only on request. */
export const clusterFields: ClusterField[] = ['ATTACHMENTS', 'CONFIGURATIONS', 'SETTINGS', 'STATISTICS', 'TAGS']

export interface BatchedDescribesDeps {
  ecs: () => ECS
  /** The priority and the caller of calls that are made outside of `withCallContext`. */
  callContext: () => CallContext
  requestBudget: RequestBudget
  acquirePermit: (action: string) => Promise<Permit>
}

/** From this number of clusters on, the `BatchedReads` of clusters without reads in progress are evicted. */
const maxClusters = 1000

export class BatchedDescribes {
  readonly #deps: BatchedDescribesDeps
  readonly #clusters: BatchedReads<Cluster>
  /** By the cluster's reference as the caller wrote it. */
  readonly #services = new Map<string, BatchedReads<Service>>()
  readonly #tasks = new Map<string, BatchedReads<Task>>()

  constructor(deps: BatchedDescribesDeps) {
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
      batchedReadsIn(this.#services, cluster, () => this.#serviceSource(cluster)),
      ref,
    )
  }

  /** @throws NotFound `ClusterNotFound` */
  task(cluster: string, ref: string): Promise<Described<Task>> {
    return this.#get(
      batchedReadsIn(this.#tasks, cluster, () => this.#taskSource(cluster)),
      ref,
    )
  }

  #get<T>(reads: BatchedReads<T>, ref: string): Promise<Described<T>> {
    return reads.get(ref, currentCallContext() ?? this.#deps.callContext())
  }

  #clusterSource(): BatchSource<Cluster> {
    return {
      ...this.#budgetOf('DescribeClusters'),
      maxPerCall: 100,
      describe: async (refs, permit) => {
        const input = withPermit({ clusters: refs, include: clusterFields }, permit)
        const output = await this.#deps.ecs().describeClusters(input)
        return {
          found: byRef(refs, output.clusters ?? [], ({ clusterArn }) => clusterArn),
          requestedAt: sentAt(output),
        }
      },
    }
  }

  #serviceSource(cluster: string): BatchSource<Service> {
    return {
      ...this.#budgetOf('DescribeServices'),
      maxPerCall: 10,
      describe: async (refs, permit) => {
        const input = withPermit({ cluster, services: refs, include: ['TAGS' as const] }, permit)
        const output = await this.#deps.ecs().describeServices(input)
        return {
          found: byRef(refs, output.services ?? [], ({ serviceArn }) => serviceArn),
          requestedAt: sentAt(output),
        }
      },
    }
  }

  #taskSource(cluster: string): BatchSource<Task> {
    return {
      ...this.#budgetOf('DescribeTasks'),
      maxPerCall: 100,
      describe: async (refs, permit) => {
        const input = withPermit({ cluster, tasks: refs, include: ['TAGS' as const] }, permit)
        const output = await this.#deps.ecs().describeTasks(input)
        return { found: byRef(refs, output.tasks ?? [], ({ taskArn }) => taskArn), requestedAt: sentAt(output) }
      },
    }
  }

  #budgetOf(action: string): Pick<BatchSource<never>, 'acquirePermit' | 'releaseToken' | 'hasSpareToken'> {
    const { acquirePermit, requestBudget } = this.#deps
    const inBackground = { priority: 'background', caller: '' } as const
    return {
      acquirePermit: () => acquirePermit(action),
      releaseToken: () => requestBudget.releaseToken(action),
      // True when even a call of the lowest priority would get a token at once.
      hasSpareToken: () => requestBudget.delayMs(action, inBackground) === 0,
    }
  }
}

function batchedReadsIn<T>(
  byCluster: Map<string, BatchedReads<T>>,
  cluster: string,
  source: () => BatchSource<T>,
): BatchedReads<T> {
  const existing = byCluster.get(cluster)
  if (existing) return existing
  if (byCluster.size >= maxClusters) for (const [key, reads] of byCluster) if (reads.isIdle) byCluster.delete(key)
  const reads = new BatchedReads(source())
  byCluster.set(cluster, reads)
  return reads
}

/** Maps each reference, a name or an ARN, to its resource. References of missing resources are left out. */
function byRef<T>(
  refs: readonly string[],
  found: readonly T[],
  arnOf: (resource: T) => string | undefined,
): Map<string, T> {
  const byNameOrArn = new Map<string, T>()
  for (const resource of found) {
    const arn = arnOf(resource) ?? ''
    byNameOrArn.set(arn, resource).set(shortName(arn), resource)
  }
  return new Map(refs.flatMap((ref) => (byNameOrArn.has(ref) ? [[ref, byNameOrArn.get(ref)!]] : [])))
}
