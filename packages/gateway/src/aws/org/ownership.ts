/** Whether a thing is the organisation's. Who may not know of it hears exactly what is heard of what isn't there. */
import type { Cluster, Service, Tag, Task } from '@aws-sdk/client-ecs'
import { familyAndRevision, shortName } from '@ecs-api/ecs-model'
import { NotFound } from '../../problems/problem.ts'
import { carries, type OrgTag } from '../org-tag.ts'
import { Describes, type DescribesDeps } from '../reads/describe.ts'
import { everyPage, inBatches } from '../reads/paging.ts'
import { OwnedCache, type OwnedKind, serviceIn } from './owned-cache.ts'
import type { IndexedType, TaggedIndex } from './tagged-index.ts'

/** What all pages of a list may take; the index of the first one is good for all. */
const longestListMs = 60_000

export class Ownership {
  readonly known = new OwnedCache()
  readonly #org: OrgTag
  /** The account as it is without a boundary. */
  readonly #whole: DescribesDeps
  readonly #describes: Describes
  readonly #index: TaggedIndex

  constructor(org: OrgTag, whole: DescribesDeps, index: TaggedIndex) {
    this.#org = org
    this.#whole = whole
    this.#describes = new Describes(whole)
    this.#index = index
  }

  /** Whether the tags say so; what is learned is kept. */
  isOurs(kind: OwnedKind, ref: string, tags: readonly Tag[] | undefined): boolean {
    const isOurs = carries(this.#org, tags)
    this.known.seen(kind, ref, isOurs)
    return isOurs
  }

  /** The cluster as AWS has it, whosever it is; undefined when it is not there or was deleted. */
  async clusterAt(name: string): Promise<Cluster | undefined> {
    const { value } = await this.#describes.cluster(name)
    return value?.status === 'INACTIVE' ? undefined : value
  }

  /** @throws NotFound `ClusterNotFound` */
  async requireCluster(ref = 'default'): Promise<void> {
    const name = shortName(ref)
    if (this.known.has('cluster', name)) return
    const there = await this.clusterAt(name)
    if (!there && this.known.isMade('cluster', name)) return
    if (!this.isOurs('cluster', name, there?.tags)) throw new NotFound('ClusterNotFound', 'Cluster not found.')
  }

  /** @throws NotFound `ClusterNotFound`, `ServiceNotFound` */
  async requireService(cluster = 'default', ref = ''): Promise<void> {
    await this.requireCluster(cluster)
    const name = serviceIn(cluster, ref)
    if (this.known.has('service', name)) return
    const { value } = await this.#describes.service(cluster, ref)
    const there = value?.status === 'INACTIVE' ? undefined : value
    if (!there && this.known.isMade('service', name)) return
    if (!this.isOurs('service', name, there?.tags)) throw new NotFound('ServiceNotFound', 'Service not found.')
  }

  /** @throws NotFound `ClusterNotFound`, `TaskNotFound` */
  async requireTask(cluster = 'default', ref = ''): Promise<void> {
    await this.requireCluster(cluster)
    if (this.known.has('task', ref)) return
    const { value } = await this.#describes.task(cluster, ref)
    const [ours] = await this.ourTasks(cluster, value ? [value] : [])
    if (!ours) throw new NotFound('TaskNotFound', 'The referenced task was not found.')
  }

  ourClusters(clusters: readonly Cluster[]): Cluster[] {
    return clusters.filter(({ clusterName = '', tags }) => this.isOurs('cluster', clusterName, tags))
  }

  ourServices(cluster: string | undefined, services: readonly Service[]): Service[] {
    return services.filter(({ serviceName, tags }) => this.isOurs('service', serviceIn(cluster, serviceName), tags))
  }

  /** Those that carry the tag, and those of a service that does: it may have been tagged after they were started. */
  async ourTasks(cluster: string | undefined, tasks: readonly Task[]): Promise<Task[]> {
    const groups = new Set<string>()
    for (const task of tasks) if (!carries(this.#org, task.tags) && serviceOf(task)) groups.add(serviceOf(task)!)
    const services = new Set(await this.#ourServicesAmong(cluster, [...groups]))
    return tasks.filter((task) => {
      const { taskArn = '', tags } = task
      const isOurs =
        carries(this.#org, tags) || services.has(serviceOf(task) ?? '') || this.known.isMade('task', taskArn)
      this.known.seen('task', taskArn, isOurs)
      return isOurs
    })
  }

  async #ourServicesAmong(cluster: string | undefined, names: readonly string[]): Promise<string[]> {
    const unknown = names.filter((name) => !this.known.has('service', serviceIn(cluster, name)))
    await inBatches(unknown, 10, async (batch) => {
      const { services = [] } = await this.#whole
        .ecs()
        .describeServices({ cluster, services: batch, include: ['TAGS'] })
      return this.ourServices(cluster, services)
    })
    return names.filter((name) => this.known.has('service', serviceIn(cluster, name)))
  }

  /**
   * Those of a page's ARNs that are ours.
   * @param page `nextToken`: what the page goes on from
   * @param keyOf makes of an ARN what it is known by
   */
  async listed(
    type: IndexedType,
    arns: readonly string[] = [],
    page: { nextToken?: string | undefined },
    keyOf = (arn: string) => arn,
  ): Promise<string[]> {
    const kind = type.slice('ecs:'.length) as OwnedKind
    const tagged = await this.#index.of(type, page.nextToken === undefined ? undefined : longestListMs)
    return arns.filter(
      (arn) => tagged.has(arn) || this.known.has(kind, keyOf(arn)) || this.known.isMade(kind, keyOf(arn)),
    )
  }

  /**
   * What a reference to a task definition means here: of a family the newest ACTIVE revision that is ours, which need not be AWS's newest.
   * @returns the reference of exactly that revision
   * @throws NotFound `TaskDefinitionNotFound`
   */
  async requireDefinition(ref = ''): Promise<string> {
    const { family, revision } = familyAndRevision(ref)
    if (revision !== undefined && this.known.has('task-definition', ref)) return ref
    const found = await this.#definitionAt(ref)
    if (found.isOurs) return revision === undefined ? found.name : ref
    // Also of a family that isn't there at all: how many calls it took must not tell.
    const older = revision === undefined ? await this.#newestOf(family) : undefined
    if (older === undefined) throw definitionNotFound(ref)
    return older
  }

  async #definitionAt(ref: string): Promise<{ name: string; isOurs: boolean }> {
    try {
      const { taskDefinition, tags } = await this.#whole
        .ecs()
        .describeTaskDefinition({ taskDefinition: ref, include: ['TAGS'] })
      const name = `${taskDefinition?.family}:${taskDefinition?.revision}`
      return { name, isOurs: this.isOurs('task-definition', name, tags) || this.known.has('task-definition', name) }
    } catch (error) {
      if (error instanceof NotFound) return { name: '', isOurs: false }
      throw error
    }
  }

  async #newestOf(family: string): Promise<string | undefined> {
    const arns = await everyPage(async (nextToken) => {
      const page = await this.#whole
        .ecs()
        .listTaskDefinitions({ familyPrefix: family, status: 'ACTIVE', maxResults: 100, nextToken })
      return { items: page.taskDefinitionArns, nextToken: page.nextToken }
    })
    const ours = (await this.listed('ecs:task-definition', arns, {}))
      .map((arn) => familyAndRevision(arn))
      .filter((one) => one.family === family)
    const revisions = ours.map(({ revision }) => Number(revision))
    return revisions.length > 0 ? `${family}:${Math.max(...revisions)}` : undefined
  }
}

function definitionNotFound(ref: string): NotFound {
  return new NotFound('TaskDefinitionNotFound', `There is no task definition ${shortName(ref)}.`)
}

function serviceOf({ group }: Task): string | undefined {
  return group?.startsWith('service:') ? group.slice('service:'.length) : undefined
}
