/**
 * A cache of the resources that are within the boundary, so that they need not be described again. A resource is added
 * when a description shows its tag, or when this process creates it.
 */
import { parseArn, shortName } from '@ecs-api/ecs-model'
import { LRUCache } from 'lru-cache'
import { maxEntries } from '../../lru-cache/max-entries.ts'

export type OwnedKind = 'cluster' | 'service' | 'task' | 'task-definition'

/** A removed tag or a reused name of a resource is noticed within this time, even when no other read describes it. */
const describedTtlMs = 60_000
/** A created resource may appear late in AWS's reads: the index of tags can lag by minutes. */
const createdTtlMs = 3_600_000
const maxResources = 50_000

export class OwnedCache {
  readonly #described = new LRUCache<string, true>({ ...maxEntries(maxResources), ttl: describedTtlMs })
  readonly #created = new LRUCache<string, true>({ ...maxEntries(maxResources), ttl: createdTtlMs })

  /**
   * Whether the resource is certainly within the boundary. For a task or a task definition that this process created,
   * this remains true, because its id is never reused.
   * @param ref name or ARN; for a service, `cluster/service`
   */
  has(kind: OwnedKind, ref: string): boolean {
    const isIdUnique = kind === 'task' || kind === 'task-definition'
    return this.#described.has(keyOf(kind, ref)) || (isIdUnique && this.isCreated(kind, ref))
  }

  /**
   * Whether this process created a resource of this name. As long as AWS does not show the resource, it is within the
   * boundary. A cluster or a service that AWS does show may be another resource that reuses the name.
   */
  isCreated(kind: OwnedKind, ref: string): boolean {
    return this.#created.has(keyOf(kind, ref))
  }

  addCreated(kind: OwnedKind, ref: string): void {
    this.#created.set(keyOf(kind, ref), true)
    this.#described.set(keyOf(kind, ref), true)
  }

  /** Records whether a description of the resource showed it to be within the boundary. */
  addDescribed(kind: OwnedKind, ref: string, isOwned: boolean): void {
    if (isOwned) this.#described.set(keyOf(kind, ref), true)
    else this.#described.delete(keyOf(kind, ref))
  }

  /** Removes a resource that this process deleted: its name may be reused from now on. */
  remove(kind: OwnedKind, ref: string): void {
    this.#described.delete(keyOf(kind, ref))
    this.#created.delete(keyOf(kind, ref))
  }
}

function keyOf(kind: OwnedKind, ref: string): string {
  return `${kind} ${kind === 'service' ? clusterAndService(ref) : shortName(ref)}`
}

function clusterAndService(ref: string): string {
  return ref.startsWith('arn:') ? (parseArn(ref)?.resource.replace(/^service\//, '') ?? ref) : ref
}

/**
 * Returns the reference of a service for the cache, such as `prod/www`.
 * @param cluster name or ARN
 * @param service name or ARN
 */
export function serviceCacheRef(cluster: string | undefined, service: string | undefined): string {
  return `${shortName(cluster ?? 'default')}/${shortName(service ?? '')}`
}
