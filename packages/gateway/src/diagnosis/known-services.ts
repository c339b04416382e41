/**
 * The services of an account, each with its latest description, which can come from any read. Each request refreshes
 * some of them with a few calls to AWS. So the diagnosis of a large account is complete after several requests, and no
 * single request needs the calls that describe all services.
 */
import type { Service } from '@aws-sdk/client-ecs'
import { shortName } from '@ecs-api/ecs-model'
import { LRUCache } from 'lru-cache'
import type { Account } from '../aws/account.ts'
import { emptyIfDeleted } from '../clusters/deleted-cluster.ts'
import { maxEntries } from '../lru-cache/max-entries.ts'
import { clusterOf, describeServices, withUnshownServiceNames } from '../services/get.ts'
import { PagedList } from './paged-list.ts'

const maxCalls = 5
const servicesPerCall = 10
const maxServices = 5_000
/** A diagnosis uses the newest events. */
const maxEvents = 20
/** The lists of clusters and services are read again after this time. */
const relistMs = 60_000
/** Descriptions are no longer kept when nobody has requested a diagnosis for this time. */
const unusedMs = 600_000

export interface DescribedService {
  service: Service
  /** On the clock of `performance.now()`. */
  describedAt: number
}

/** The account's services that a caller may see. */
export interface VisibleServices {
  described: DescribedService[]
  /** The number of services that have not been described yet. */
  undescribedCount: number
  /** The number of clusters whose services have not been listed yet. */
  unlistedClusterCount: number
}

type MayUseCluster = (cluster: string) => boolean

export class KnownServices {
  readonly #account: Account
  readonly #clusters = new PagedList()
  /** By cluster. */
  readonly #names = new Map<string, PagedList>()
  /** By `cluster/service`. */
  readonly #described = new LRUCache<string, DescribedService>(maxEntries(maxServices))
  /**
   * The names of services that any read has described, by cluster. A list that was read before a service was created
   * lacks its name.
   */
  readonly #describedNames = new Map<string, Set<string>>()
  /** When the last diagnosis was requested. */
  #lastUsedAt = Number.NEGATIVE_INFINITY
  /** The calls in progress. One request at a time makes calls, so that no call is made twice. */
  #callsInProgress: Promise<void> = Promise.resolve()

  constructor(account: Account) {
    this.#account = account
    account.onDescribed(({ services = [] }) => {
      if (performance.now() - this.#lastUsedAt < unusedMs) for (const service of services) this.#add(service)
      else {
        this.#described.clear()
        this.#describedNames.clear()
      }
    })
  }

  /** Refreshes some services with up to five calls to AWS. @returns all services that the caller may see */
  async refresh(mayUseCluster: MayUseCluster): Promise<VisibleServices> {
    const startedAt = performance.now()
    this.#lastUsedAt = startedAt
    // An earlier request may be of another caller, and its errors do not concern this request.
    const calls = this.#callsInProgress.catch(() => {}).then(() => this.#makeCalls(mayUseCluster, startedAt))
    this.#callsInProgress = calls
    await calls
    const clusters = this.#clusterNames(mayUseCluster)
    const keys = clusters.flatMap((cluster) => this.#keysOf(cluster))
    const described = keys.flatMap((key) => this.#described.get(key) ?? [])
    const unlistedClusterCount = clusters.filter((cluster) => this.#names.get(cluster)?.names === undefined).length
    return { described, undescribedCount: keys.length - described.length, unlistedClusterCount }
  }

  async #makeCalls(mayUseCluster: MayUseCluster, startedAt: number): Promise<void> {
    for (let calls = 0; calls < maxCalls; calls++) {
      const call = this.#nextCall(mayUseCluster, startedAt)
      if (!call) return
      await call()
    }
  }

  /**
   * Returns the most useful call: missing data first, then the oldest. Undefined when all is newer than `startedAt`.
   */
  #nextCall(mayUseCluster: MayUseCluster, startedAt: number): (() => Promise<void>) | undefined {
    if (this.#clusters.readAt < startedAt - relistMs) return () => this.#listClusters()
    const clusters = this.#clusterNames(mayUseCluster)
    const incomplete = clusters.find((cluster) => this.#keysOf(cluster).some((key) => !this.#described.has(key)))
    if (incomplete !== undefined) return () => this.#describe(incomplete)
    const [stalest] = clusters
      .map((cluster) => ({ cluster, readAt: this.#names.get(cluster)?.readAt ?? Number.NEGATIVE_INFINITY }))
      .sort((a, b) => a.readAt - b.readAt)
    if (stalest && stalest.readAt < startedAt - relistMs) return () => this.#listServices(stalest.cluster)
    const [oldest] = clusters
      .map((cluster) => ({ cluster, describedAt: this.#oldestDescriptionIn(cluster) }))
      .sort((a, b) => a.describedAt - b.describedAt)
    return oldest && oldest.describedAt < startedAt ? () => this.#describe(oldest.cluster) : undefined
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

  /** Describes ten services of the cluster: those without a description first, then those with the oldest. */
  async #describe(cluster: string): Promise<void> {
    const requestedAt = performance.now()
    const names = this.#keysOf(cluster)
      .map((key) => ({ key, describedAt: this.#described.peek(key)?.describedAt ?? Number.NEGATIVE_INFINITY }))
      .sort((a, b) => a.describedAt - b.describedAt)
      .slice(0, servicesPerCall)
      .map(({ key }) => key.slice(cluster.length + 1))
    const services = await describeServices(this.#account, cluster, names).catch(emptyIfDeleted)
    for (const service of services) this.#add(service)
    // A service that no longer exists is recorded as INACTIVE, so that it is not described again at once.
    for (const name of names)
      if (!services.some(({ serviceName }) => serviceName === name)) {
        this.#described.set(`${cluster}/${name}`, {
          service: { serviceName: name, status: 'INACTIVE' },
          describedAt: requestedAt,
        })
        this.#describedNames.get(cluster)?.delete(name)
      }
  }

  #add(service: Service): void {
    const { serviceName = '', events = [], status } = service
    const cluster = clusterOf(service)
    const trimmed = { ...service, events: events.slice(0, maxEvents) }
    this.#described.set(`${cluster}/${serviceName}`, { service: trimmed, describedAt: performance.now() })
    const names = this.#describedNames.get(cluster) ?? new Set()
    if (status === 'INACTIVE') names.delete(serviceName)
    else names.add(serviceName)
    if (names.size > 0) this.#describedNames.set(cluster, names)
    else this.#describedNames.delete(cluster)
  }

  #clusterNames(mayUseCluster: MayUseCluster): string[] {
    const { recentWrites } = this.#account
    const clustersOfServices = recentWrites
      .namesWithUnshownWrites('service')
      .map((key) => key.slice(0, key.indexOf('/')))
    const unlisted = [
      ...recentWrites.namesWithUnshownWrites('cluster'),
      ...clustersOfServices,
      ...this.#describedNames.keys(),
    ]
    return [...new Set([...(this.#clusters.names ?? []), ...unlisted])].filter(mayUseCluster)
  }

  #keysOf(cluster: string): string[] {
    const names = [...(this.#names.get(cluster)?.names ?? []), ...(this.#describedNames.get(cluster) ?? [])]
    return withUnshownServiceNames(this.#account, cluster, names).map((name) => `${cluster}/${name}`)
  }

  /** The time of the oldest description of a service in the cluster; infinite for a cluster without services. */
  #oldestDescriptionIn(cluster: string): number {
    return Math.min(
      ...this.#keysOf(cluster).map((key) => this.#described.peek(key)?.describedAt ?? Number.NEGATIVE_INFINITY),
    )
  }
}
