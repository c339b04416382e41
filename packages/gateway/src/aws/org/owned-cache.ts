/**
 * A cache of the resources that are within the boundary, so that they need not be described again. There are two
 * reasons for an entry: a description showed the tag, or this process created the resource.
 */
import { parseArn, shortName } from '@ecs-api/ecs-model'
import { LRUCache } from 'lru-cache'

export type OwnedKind = 'cluster' | 'service' | 'task' | 'task-definition'

/** Within this time at the latest, a removed tag or a reused name is noticed, even when no other read describes it. */
const describedTtlMs = 60_000
/** AWS may show a created resource late: the index of tags can lag by minutes. */
const createdTtlMs = 3_600_000
const maxEntries = 50_000

export class OwnedCache {
  readonly #described = new LRUCache<string, true>({ max: maxEntries, ttl: describedTtlMs })
  readonly #created = new LRUCache<string, true>({ max: maxEntries, ttl: createdTtlMs })

  /**
   * Whether the resource is certainly within the boundary. A created task or task definition stays so, because its id
   * is never reused.
   * @param ref name or ARN; of a service with the cluster's name: `prod/www`
   */
  has(kind: OwnedKind, ref: string): boolean {
    const isIdUnique = kind === 'task' || kind === 'task-definition'
    return this.#described.has(keyOf(kind, ref)) || (isIdUnique && this.isCreated(kind, ref))
  }

  /**
   * Whether this process created a resource of this name. It is then within the boundary even while AWS does not show
   * it yet. A cluster or a service that AWS shows may be another one that reuses the name.
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
  return `${kind} ${kind === 'service' ? serviceKey(ref) : shortName(ref)}`
}

function serviceKey(ref: string): string {
  return ref.startsWith('arn:') ? (parseArn(ref)?.resource.replace(/^service\//, '') ?? ref) : ref
}

/**
 * Returns the reference of a service for the cache, from the names or ARNs of the cluster and the service: `prod/www`.
 */
export function serviceIn(cluster: string | undefined, ref: string | undefined): string {
  return `${shortName(cluster ?? 'default')}/${shortName(ref ?? '')}`
}
