/** What is known to be the organisation's, so that it need not be asked again: seen with the tag, or made here. */
import { parseArn, shortName } from '@ecs-api/ecs-model'
import { LRUCache } from 'lru-cache'

export type OwnedKind = 'cluster' | 'service' | 'task' | 'task-definition'

/** A tag that was taken away, or a name that was taken over, is noticed after that time at the latest, where nothing else looks. */
const seenMs = 60_000
/** What was made here may not be seen everywhere yet: the index of tags can be late by minutes. */
const madeMs = 3_600_000
const most = 50_000

export class OwnedCache {
  readonly #seen = new LRUCache<string, true>({ max: most, ttl: seenMs })
  readonly #made = new LRUCache<string, true>({ max: most, ttl: madeMs })

  /** @param ref name or ARN; of a service with its cluster's: `prod/www` */
  has(kind: OwnedKind, ref: string): boolean {
    const isForGood = kind === 'task' || kind === 'task-definition'
    return this.#seen.has(keyOf(kind, ref)) || (isForGood && this.isMade(kind, ref))
  }

  /** Whether it was made here: what AWS doesn't show yet is ours all the same. Names of clusters and services can be taken over, ids can't. */
  isMade(kind: OwnedKind, ref: string): boolean {
    return this.#made.has(keyOf(kind, ref))
  }

  made(kind: OwnedKind, ref: string): void {
    this.#made.set(keyOf(kind, ref), true)
    this.#seen.set(keyOf(kind, ref), true)
  }

  /** What a look told of it. */
  seen(kind: OwnedKind, ref: string, isOurs: boolean): void {
    if (isOurs) this.#seen.set(keyOf(kind, ref), true)
    else this.#seen.delete(keyOf(kind, ref))
  }

  /** It was deleted here: the name may be another's from now on. */
  gone(kind: OwnedKind, ref: string): void {
    this.#seen.delete(keyOf(kind, ref))
    this.#made.delete(keyOf(kind, ref))
  }
}

function keyOf(kind: OwnedKind, ref: string): string {
  return `${kind} ${kind === 'service' ? inCluster(ref) : shortName(ref)}`
}

function inCluster(ref: string): string {
  return ref.startsWith('arn:') ? (parseArn(ref)?.resource.replace(/^service\//, '') ?? ref) : ref
}

/** A service within its cluster, by name or ARN of both: `prod/www`. */
export function serviceIn(cluster: string | undefined, ref: string | undefined): string {
  return `${shortName(cluster ?? 'default')}/${shortName(ref ?? '')}`
}
