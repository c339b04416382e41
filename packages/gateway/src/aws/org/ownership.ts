/**
 * Decides whether a resource is within the boundary ("owned"). A resource outside of the boundary gets exactly the
 * error of a resource that does not exist, so that a client cannot find out that it exists.
 */
import type { Cluster, Service, Tag, Task } from '@aws-sdk/client-ecs'
import { familyAndRevision, shortName } from '@ecs-api/ecs-model'
import { NotFound } from '../../problems/problem.ts'
import { type BoundaryTag, hasBoundaryTag } from '../boundary-tag.ts'
import { BatchedDescribes, type BatchedDescribesDeps } from '../reads/describe.ts'
import { itemsOfAllPages, mapInBatches } from '../reads/paging.ts'
import { OwnedCache, type OwnedKind, serviceCacheRef } from './owned-cache.ts'
import type { IndexedType, TaggedIndex } from './tagged-index.ts'

/** How old the index may be for the later pages of a list, so that all pages use the index of the first page. */
const maxIndexAgeMs = 60_000

export class Ownership {
  readonly cache = new OwnedCache()
  readonly #boundaryTag: BoundaryTag
  /** Reads that are not limited by the boundary. */
  readonly #unbounded: BatchedDescribesDeps
  readonly #describes: BatchedDescribes
  readonly #taggedIndex: TaggedIndex

  constructor(boundaryTag: BoundaryTag, unbounded: BatchedDescribesDeps, taggedIndex: TaggedIndex) {
    this.#boundaryTag = boundaryTag
    this.#unbounded = unbounded
    this.#describes = new BatchedDescribes(unbounded)
    this.#taggedIndex = taggedIndex
  }

  /** Whether the tags of a described resource include the boundary's tag. The cache stores the result. */
  isOwned(kind: OwnedKind, ref: string, tags: readonly Tag[] | undefined): boolean {
    const isOwned = hasBoundaryTag(this.#boundaryTag, tags)
    this.cache.addDescribed(kind, ref, isOwned)
    return isOwned
  }

  /** Returns the cluster, within the boundary or not; undefined when it does not exist or was deleted. */
  async findCluster(name: string): Promise<Cluster | undefined> {
    const { value } = await this.#describes.cluster(name)
    return value?.status === 'INACTIVE' ? undefined : value
  }

  /** @throws NotFound `ClusterNotFound` */
  async requireCluster(ref = 'default'): Promise<void> {
    const name = shortName(ref)
    if (this.cache.has('cluster', name)) return
    const cluster = await this.findCluster(name)
    if (!cluster && this.cache.isCreated('cluster', name)) return
    if (!this.isOwned('cluster', name, cluster?.tags)) throw new NotFound('ClusterNotFound', 'Cluster not found.')
  }

  /** @throws NotFound `ClusterNotFound`, `ServiceNotFound` */
  async requireService(cluster = 'default', ref = ''): Promise<void> {
    await this.requireCluster(cluster)
    const name = serviceCacheRef(cluster, ref)
    if (this.cache.has('service', name)) return
    const { value } = await this.#describes.service(cluster, ref)
    const service = value?.status === 'INACTIVE' ? undefined : value
    if (!service && this.cache.isCreated('service', name)) return
    if (!this.isOwned('service', name, service?.tags)) throw new NotFound('ServiceNotFound', 'Service not found.')
  }

  /** @throws NotFound `ClusterNotFound`, `TaskNotFound` */
  async requireTask(cluster = 'default', ref = ''): Promise<void> {
    await this.requireCluster(cluster)
    if (this.cache.has('task', ref)) return
    const { value } = await this.#describes.task(cluster, ref)
    const [task] = await this.ownedTasks(cluster, value ? [value] : [])
    if (!task) throw new NotFound('TaskNotFound', 'The referenced task was not found.')
  }

  ownedClusters(clusters: readonly Cluster[]): Cluster[] {
    return clusters.filter(({ clusterName = '', tags }) => this.isOwned('cluster', clusterName, tags))
  }

  ownedServices(cluster: string | undefined, services: readonly Service[]): Service[] {
    return services.filter(({ serviceName, tags }) =>
      this.isOwned('service', serviceCacheRef(cluster, serviceName), tags),
    )
  }

  /**
   * Returns the tasks with the tag, and the tasks of a service with the tag: a service may get the tag after its tasks
   * have started.
   */
  async ownedTasks(cluster: string | undefined, tasks: readonly Task[]): Promise<Task[]> {
    const services = new Set<string>()
    for (const task of tasks)
      if (!hasBoundaryTag(this.#boundaryTag, task.tags) && serviceOf(task)) services.add(serviceOf(task)!)
    const ownedServices = new Set(await this.#ownedServiceNames(cluster, [...services]))
    return tasks.filter((task) => {
      const { taskArn = '', tags } = task
      const isOwned =
        hasBoundaryTag(this.#boundaryTag, tags) ||
        ownedServices.has(serviceOf(task) ?? '') ||
        this.cache.isCreated('task', taskArn)
      this.cache.addDescribed('task', taskArn, isOwned)
      return isOwned
    })
  }

  async #ownedServiceNames(cluster: string | undefined, names: readonly string[]): Promise<string[]> {
    const uncached = names.filter((name) => !this.cache.has('service', serviceCacheRef(cluster, name)))
    await mapInBatches(uncached, 10, async (batch) => {
      const { services = [] } = await this.#unbounded
        .ecs()
        .describeServices({ cluster, services: batch, include: ['TAGS'] })
      return this.ownedServices(cluster, services)
    })
    return names.filter((name) => this.cache.has('service', serviceCacheRef(cluster, name)))
  }

  /**
   * Selects the ARNs of a list's page that are within the boundary.
   * @param listInput the input of the list call; has a `nextToken` for every page but the first
   * @param cacheRefOf returns the key of an ARN in the cache
   */
  async ownedArns(
    type: IndexedType,
    arns: readonly string[] = [],
    listInput: { nextToken?: string | undefined },
    cacheRefOf = (arn: string) => arn,
  ): Promise<string[]> {
    const kind = type.slice('ecs:'.length) as OwnedKind
    const tagged = await this.#taggedIndex.arnsOf(type, listInput.nextToken === undefined ? undefined : maxIndexAgeMs)
    return arns.filter(
      (arn) => tagged.has(arn) || this.cache.has(kind, cacheRefOf(arn)) || this.cache.isCreated(kind, cacheRefOf(arn)),
    )
  }

  /**
   * Resolves a reference to a task definition. A family means its newest ACTIVE revision within the boundary, which
   * need not be the newest ACTIVE revision of the AWS account.
   * @returns a reference to exactly one revision
   * @throws NotFound `TaskDefinitionNotFound`
   */
  async requireTaskDefinition(ref = ''): Promise<string> {
    const { family, revision } = familyAndRevision(ref)
    if (revision !== undefined && this.cache.has('task-definition', ref)) return ref
    const described = await this.#describeDefinition(ref)
    if (described.isOwned) return revision === undefined ? described.name : ref
    // The revisions of a missing family are listed, too: the number of calls must not reveal whether the family exists.
    const newestOwned = revision === undefined ? await this.#newestOwnedRevision(family) : undefined
    if (newestOwned === undefined) throw definitionNotFound(ref)
    return newestOwned
  }

  async #describeDefinition(ref: string): Promise<{ name: string; isOwned: boolean }> {
    try {
      const { taskDefinition, tags } = await this.#unbounded
        .ecs()
        .describeTaskDefinition({ taskDefinition: ref, include: ['TAGS'] })
      const name = `${taskDefinition?.family}:${taskDefinition?.revision}`
      return { name, isOwned: this.isOwned('task-definition', name, tags) || this.cache.has('task-definition', name) }
    } catch (error) {
      if (error instanceof NotFound) return { name: '', isOwned: false }
      throw error
    }
  }

  async #newestOwnedRevision(family: string): Promise<string | undefined> {
    const arns = await itemsOfAllPages(async (nextToken) => {
      const page = await this.#unbounded
        .ecs()
        .listTaskDefinitions({ familyPrefix: family, status: 'ACTIVE', maxResults: 100, nextToken })
      return { items: page.taskDefinitionArns, nextToken: page.nextToken }
    })
    const revisions = (await this.ownedArns('ecs:task-definition', arns, {}))
      .map((arn) => familyAndRevision(arn))
      .filter((definition) => definition.family === family)
      .map(({ revision }) => Number(revision))
    return revisions.length > 0 ? `${family}:${Math.max(...revisions)}` : undefined
  }
}

function definitionNotFound(ref: string): NotFound {
  return new NotFound('TaskDefinitionNotFound', `There is no task definition ${shortName(ref)}.`)
}

function serviceOf({ group }: Task): string | undefined {
  return group?.startsWith('service:') ? group.slice('service:'.length) : undefined
}
