/**
 * What this service has written and AWS may not show yet. ECS is eventually consistent: for some seconds a describe can answer MISSING,
 * or as it was before the write. Such an answer is overlaid by what the write answered, only in the fields that the write changed,
 * until the first answer that shows the write, at most five minutes.
 */
import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'

export type Kind = 'cluster' | 'service' | 'task' | 'task definition'

/** A thing of ECS's, in ECS's shape. */
type Resource = object

export interface Write {
  /** The same one at every process. */
  id: string
  /** As it was before, as far as this service saw it; undefined for what the write made. */
  before: Resource | undefined
  after: Resource
  fields: readonly string[]
  at: number
}

/** A write as one process tells another of it. */
export interface OwnWrite {
  kind: Kind
  arn: string
  /** `at` is on the clock of whoever noted it; `ageMs` is what counts elsewhere. */
  write: Omit<Write, 'at'>
  ageMs: number
}

export interface Written<T extends object> {
  before?: T
  after: T
  /** What the write changed; everything for what it made. */
  fields?: readonly (keyof T & string)[]
}

const keptMs = 5 * 60_000
const maxThings = 10_000
/** Of what is told to a process that was not there before: the newest. */
const maxStanding = 1_000

export class OwnWrites {
  readonly #now: () => number
  /** Kind and ARN → the writes to it that have not been seen yet, oldest first. Insertion order is age: the oldest are let go first. */
  readonly #unseen = new Map<string, Write[]>()
  /** Told of what is noted here. */
  onWrite: ((ownWrite: OwnWrite) => void) | undefined

  constructor(now: () => number) {
    this.#now = now
  }

  record<T extends object>(kind: Kind, arn: string, { before, after, fields }: Written<T>): void {
    const write = { id: randomUUID(), before, after, fields: fields ?? Object.keys(after) }
    this.#add(kind, arn, { ...write, at: this.#now() })
    this.onWrite?.({ kind, arn, write, ageMs: 0 })
  }

  /** Another process has noted it. */
  receive({ kind, arn, write, ageMs }: OwnWrite): void {
    const isKnown = this.#live(keyOf(kind, arn))?.some(({ id }) => id === write.id)
    if (!isKnown) this.#add(kind, arn, { ...write, at: this.#now() - ageMs })
  }

  /** What AWS has not been seen to show yet. */
  snapshot(): OwnWrite[] {
    const ownWrite = [...this.#unseen].flatMap(([key, writes]) => {
      return writes.map(({ at, ...write }) => ({ ...placeOf(key), write, ageMs: this.#now() - at }))
    })
    return ownWrite.slice(-maxStanding)
  }

  #add(kind: Kind, arn: string, write: Write): void {
    const key = keyOf(kind, arn)
    const writes = this.#live(key) ?? []
    this.#unseen.delete(key)
    this.#unseen.set(key, [...writes, write])
    for (const oldest of this.#unseen.keys()) {
      if (this.#unseen.size <= maxThings) break
      this.#unseen.delete(oldest)
    }
  }

  /** What AWS answered about a thing (undefined: nothing), with the unseen writes laid over. */
  over<T extends object>(kind: Kind, arn: string, answer: T | undefined): T | undefined {
    const key = keyOf(kind, arn)
    const writes = this.#live(key)
    if (!writes) return answer
    // A write that is not shown hides all later ones: what they changed cannot be shown either.
    const firstUnseen = writes.findIndex((write) => isOlder(kind, answer, write))
    if (firstUnseen < 0) {
      this.#unseen.delete(key)
      return answer
    }
    const unseen = writes.slice(firstUnseen)
    if (firstUnseen > 0) this.#unseen.set(key, unseen)
    let result: Resource | undefined = answer
    for (const { before, after, fields } of unseen) {
      if (result === undefined || before === undefined) result = after
      else
        result = {
          ...result,
          ...Object.fromEntries(fields.map((field) => [field, (after as Record<string, unknown>)[field]])),
        }
    }
    return result as T
  }

  /** ARNs of the kind that were written to and not seen since: a list of AWS's may lack them. */
  arns(kind: Kind): string[] {
    const prefix = `${kind} `
    return [...this.#unseen.keys()]
      .filter((key) => key.startsWith(prefix) && this.#live(key))
      .map((key) => key.slice(prefix.length))
  }

  #live(key: string): Write[] | undefined {
    const writes = this.#unseen.get(key)
    const live = writes?.filter((write) => this.#now() - write.at < keptMs)
    if (live?.length) return live
    this.#unseen.delete(key)
    return undefined
  }
}

function keyOf(kind: Kind, arn: string): string {
  return `${kind} ${arn}`
}

/** No name and no ARN has a space. */
function placeOf(key: string): { kind: Kind; arn: string } {
  const end = key.lastIndexOf(' ')
  return { kind: key.slice(0, end) as Kind, arn: key.slice(end + 1) }
}

/** Whether AWS's answer is from before the write: MISSING, a task of a lower version, or still the values of before in every field changed. */
function isOlder(kind: Kind, answer: Resource | undefined, { before, after, fields }: Write): boolean {
  if (answer === undefined) return true
  if (kind === 'task') return versionOf(answer) < versionOf(after)
  if (before === undefined) return isInactive(answer) && !isInactive(after)
  const changed = fields.filter((field) => !isDeepStrictEqual(comparable(before, field), comparable(after, field)))
  return (
    changed.length > 0 &&
    changed.every((field) => isDeepStrictEqual(comparable(answer, field), comparable(before, field)))
  )
}

/** ECS keeps showing clusters and services for a while after their deletion: one of the same name was there before. */
function isInactive(thing: Resource): boolean {
  return 'status' in thing && thing.status === 'INACTIVE'
}

function versionOf(thing: Resource): number {
  return 'version' in thing && typeof thing.version === 'number' ? thing.version : 0
}

/** A field without what changes by itself: of deployments it is which ones there are, not how far they have come; order of pairs tells nothing. */
function comparable(thing: Resource, field: string): unknown {
  const value: unknown = (thing as Record<string, unknown>)[field]
  if (!Array.isArray(value)) return value
  if (field === 'deployments') return new Set(value.map((deployment: { id?: string }) => deployment.id))
  if (field === 'tags' || field === 'settings')
    return new Set(value.map((item) => JSON.stringify(Object.entries(item).sort())))
  return value
}
