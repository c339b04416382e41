/** What is known to be the organisation's, so that it need not be asked again: seen with the tag, or made here. */
import { parseArn, shortName } from '@ecs-api/ecs-model'
import { LRUCache } from 'lru-cache'

export type ThingKind = 'cluster' | 'service' | 'task' | 'task-definition'

/** A tag that was taken away elsewhere is noticed after that time at the latest, where nothing else looks. */
const seenMs = 60_000
/** The index of tags may be late by minutes, of what was made here it need not tell. */
const madeMs = 3_600_000
const most = 50_000

export class KnownThings {
  readonly #known = new LRUCache<string, 'seen' | 'made'>({ max: most, ttl: seenMs })

  /** @param ref name or ARN; of a service with its cluster's: `prod/www` */
  has(kind: ThingKind, ref: string): boolean {
    return this.#known.has(keyOf(kind, ref))
  }

  made(kind: ThingKind, ref: string): void {
    this.#known.set(keyOf(kind, ref), 'made', { ttl: madeMs })
  }

  isMade(kind: ThingKind, ref: string): boolean {
    return this.#known.get(keyOf(kind, ref)) === 'made'
  }

  /** What a look told of it. An answer may be from before it was made, so that stands. */
  seen(kind: ThingKind, ref: string, isOurs: boolean): void {
    const key = keyOf(kind, ref)
    if (this.#known.get(key) === 'made') return
    if (isOurs) this.#known.set(key, 'seen')
    else this.#known.delete(key)
  }
}

function keyOf(kind: ThingKind, ref: string): string {
  return `${kind} ${kind === 'service' ? inCluster(ref) : shortName(ref)}`
}

function inCluster(ref: string): string {
  return ref.startsWith('arn:') ? (parseArn(ref)?.resource.replace(/^service\//, '') ?? ref) : ref
}

/** A service within its cluster, by name or ARN of both: `prod/www`. */
export function serviceIn(cluster: string | undefined, ref: string | undefined): string {
  return `${shortName(cluster ?? 'default')}/${shortName(ref ?? '')}`
}
