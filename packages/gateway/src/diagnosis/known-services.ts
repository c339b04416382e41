/**
 * The services of an account as they were described last, by any read. A request looks at more of them with a few calls
 * to AWS, so that the diagnosis of a large account is complete after several requests, and does not take the calls of a
 * list of all services.
 */
import type { Service } from '@aws-sdk/client-ecs'
import { shortName } from '@ecs-api/ecs-model'
import { LRUCache } from 'lru-cache'
import type { Account } from '../aws/account.ts'
import { emptyIfDeleted } from '../clusters/deleted-cluster.ts'
import { clusterOf, describeServices, withOwnServiceNames } from '../services/get.ts'
import { PagedList } from './paged-list.ts'

const maxCalls = 5
const describedAtOnce = 10
const maxServices = 5_000
/** A diagnosis uses the newest events. */
const maxEvents = 20
const relistMs = 60_000
/** Descriptions are kept while somebody looks. */
const keptMs = 600_000

export interface DescribedService {
  service: Service
  /** On the clock of `performance.now()`. */
  at: number
}

/** The account's services as far as a caller may see them now. */
export interface Look {
  described: DescribedService[]
  /** Services that have not been described yet. */
  missing: number
  /** Clusters whose services have not been listed yet. */
  unlisted: number
}

type MayUseCluster = (cluster: string) => boolean

export class KnownServices {
  readonly #account: Account
  readonly #clusters = new PagedList()
  /** By cluster. */
  readonly #names = new Map<string, PagedList>()
  /** By `cluster/service`. */
  readonly #described = new LRUCache<string, DescribedService>({ maxSize: maxServices, sizeCalculation: () => 1 })
  /** By cluster: services that any read has described. A list that was read before they were made lacks them. */
  readonly #seen = new Map<string, Set<string>>()
  #lookedAt = Number.NEGATIVE_INFINITY
  /** One request at a time makes calls, so that none is made twice. */
  #looking: Promise<void> = Promise.resolve()

  constructor(account: Account) {
    this.#account = account
    account.onDescribed(({ services = [] }) => {
      if (performance.now() - this.#lookedAt < keptMs) for (const service of services) this.#add(service)
      else {
        this.#described.clear()
        this.#seen.clear()
      }
    })
  }

  /** Makes up to five calls to AWS. */
  async look(mayUseCluster: MayUseCluster): Promise<Look> {
    const startedAt = performance.now()
    this.#lookedAt = startedAt
    // The caller before may have another fence, and its problems are its own.
    const looking = this.#looking.catch(() => {}).then(() => this.#makeCalls(mayUseCluster, startedAt))
    this.#looking = looking
    await looking
    const clusters = this.#clusterNames(mayUseCluster)
    const keys = clusters.flatMap((cluster) => this.#keysOf(cluster))
    const described = keys.flatMap((key) => this.#described.get(key) ?? [])
    const unlisted = clusters.filter((cluster) => this.#names.get(cluster)?.names === undefined).length
    return { described, missing: keys.length - described.length, unlisted }
  }

  async #makeCalls(mayUseCluster: MayUseCluster, startedAt: number): Promise<void> {
    for (let calls = 0; calls < maxCalls; calls++) {
      const call = this.#nextCall(mayUseCluster, startedAt)
      if (!call) return
      await call()
    }
  }

  /** The most useful call: what is not known before what is old. Undefined when all is newer than `startedAt`. */
  #nextCall(mayUseCluster: MayUseCluster, startedAt: number): (() => Promise<void>) | undefined {
    if (this.#clusters.readAt < startedAt - relistMs) return () => this.#listClusters()
    const clusters = this.#clusterNames(mayUseCluster)
    const incomplete = clusters.find((cluster) => this.#keysOf(cluster).some((key) => !this.#described.has(key)))
    if (incomplete !== undefined) return () => this.#describe(incomplete)
    const [stalest] = clusters
      .map((cluster) => ({ cluster, at: this.#names.get(cluster)?.readAt ?? Number.NEGATIVE_INFINITY }))
      .sort((a, b) => a.at - b.at)
    if (stalest && stalest.at < startedAt - relistMs) return () => this.#listServices(stalest.cluster)
    const [oldest] = clusters.map((cluster) => ({ cluster, at: this.#oldestOf(cluster) })).sort((a, b) => a.at - b.at)
    return oldest && oldest.at < startedAt ? () => this.#describe(oldest.cluster) : undefined
  }

  async #listClusters(): Promise<void> {
    await this.#clusters.readPage(async (nextToken) => {
      const page = await this.#account.ecs().listClusters({ maxResults: 100, nextToken })
      return { names: (page.clusterArns ?? []).map(shortName), nextToken: page.nextToken }
    })
  }

  async #listServices(cluster: string): Promise<void> {
    const names = this.#names.get(cluster) ?? new PagedList()
    this.#names.set(cluster, names)
    await names.readPage(async (nextToken) => {
      const none: { serviceArns?: string[]; nextToken?: string } = {}
      const page = await this.#account
        .ecs()
        .listServices({ cluster, maxResults: 100, nextToken })
        .catch((error: unknown) => ({ ...none, serviceArns: emptyIfDeleted(error) }))
      return { names: (page.serviceArns ?? []).map(shortName), nextToken: page.nextToken }
    })
  }

  /** Describes ten services of the cluster: those that are not known, then the oldest. */
  async #describe(cluster: string): Promise<void> {
    const at = performance.now()
    const names = this.#keysOf(cluster)
      .map((key) => ({ key, at: this.#described.peek(key)?.at ?? Number.NEGATIVE_INFINITY }))
      .sort((a, b) => a.at - b.at)
      .slice(0, describedAtOnce)
      .map(({ key }) => key.slice(cluster.length + 1))
    const services = await describeServices(this.#account, cluster, names).catch(emptyIfDeleted)
    for (const service of services) this.#add(service)
    // A service that is gone is known, too.
    for (const name of names)
      if (!services.some(({ serviceName }) => serviceName === name)) {
        this.#described.set(`${cluster}/${name}`, { service: { serviceName: name, status: 'INACTIVE' }, at })
        this.#seen.get(cluster)?.delete(name)
      }
  }

  #add(service: Service): void {
    const { serviceName = '', events = [], status } = service
    const cluster = clusterOf(service)
    const trimmed = { ...service, events: events.slice(0, maxEvents) }
    this.#described.set(`${cluster}/${serviceName}`, { service: trimmed, at: performance.now() })
    const seen = this.#seen.get(cluster) ?? new Set()
    if (status === 'INACTIVE') seen.delete(serviceName)
    else seen.add(serviceName)
    if (seen.size > 0) this.#seen.set(cluster, seen)
    else this.#seen.delete(cluster)
  }

  #clusterNames(mayUseCluster: MayUseCluster): string[] {
    const { ownWrites } = this.#account
    const ofServices = ownWrites.namesWithUnshownWrites('service').map((key) => key.slice(0, key.indexOf('/')))
    const others = [...ownWrites.namesWithUnshownWrites('cluster'), ...ofServices, ...this.#seen.keys()]
    return [...new Set([...(this.#clusters.names ?? []), ...others])].filter(mayUseCluster)
  }

  #keysOf(cluster: string): string[] {
    const known = [...(this.#names.get(cluster)?.names ?? []), ...(this.#seen.get(cluster) ?? [])]
    return withOwnServiceNames(this.#account, cluster, known).map((name) => `${cluster}/${name}`)
  }

  /** When the description of the cluster that is the oldest was made; infinite for a cluster without services. */
  #oldestOf(cluster: string): number {
    return Math.min(...this.#keysOf(cluster).map((key) => this.#described.peek(key)?.at ?? Number.NEGATIVE_INFINITY))
  }
}
