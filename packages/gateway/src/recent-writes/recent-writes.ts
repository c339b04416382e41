/**
 * The gateway's recent writes that AWS's answers may not show yet. ECS is eventually consistent: for some seconds after
 * a write, a describe can return MISSING, or the state before the write. In such an answer, the fields that the write
 * changed are replaced by those of the write's output. The overlay ends with the first answer that shows the write, and
 * after five minutes at the latest.
 */
import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'

export type Kind = 'cluster' | 'service' | 'task' | 'task definition'

/** A resource in ECS's shape. */
type Resource = object

/** A write that AWS has not shown yet. */
export interface Write {
  /** The same id in every process. */
  id: string
  /** The resource before the write, as the gateway last read it; undefined when the write created the resource. */
  before: Resource | undefined
  after: Resource
  fields: readonly string[]
  /** Milliseconds on the clock of this process. */
  recordedAt: number
}

/** A write as processes send it to each other. */
export interface RecentWrite {
  kind: Kind
  /** The name of a cluster, `cluster/name` of a service, the id of a task, or `family:revision`. */
  name: string
  /** Without `recordedAt`, because the clocks of processes differ; `ageMs` replaces it. */
  write: Omit<Write, 'recordedAt'>
  ageMs: number
}

/** A write to record. */
export interface NewWrite<T extends object> {
  before?: T
  after: T
  /** The fields that the write changed; all fields by default. */
  fields?: readonly (keyof T & string)[]
}

const maxAgeMs = 5 * 60_000
const maxResources = 10_000
/** A process that has just joined receives at most this many writes, the newest. */
const maxWritesInSnapshot = 1_000

export class RecentWrites {
  readonly #now: () => number
  /**
   * The writes that AWS has not shown yet, oldest first, by kind and name of the resource. The map is in the order of
   * the last writes, and the oldest resources are evicted first.
   */
  readonly #unshown = new Map<string, Write[]>()
  /** Called with each write that is recorded in this process. */
  onWrite: ((recentWrite: RecentWrite) => void) | undefined

  /** @param now milliseconds */
  constructor(now: () => number) {
    this.#now = now
  }

  /** Records a write of this process after AWS has accepted it. */
  record<T extends object>(kind: Kind, name: string, { before, after, fields }: NewWrite<T>): void {
    const write = { id: randomUUID(), before, after, fields: fields ?? Object.keys(after) }
    this.#add(kind, name, { ...write, recordedAt: this.#now() })
    this.onWrite?.({ kind, name, write, ageMs: 0 })
  }

  /** Adds a write of another process, unless it was received before. */
  receive({ kind, name, write, ageMs }: RecentWrite): void {
    const isReceived = this.#unexpired(keyOf(kind, name))?.some(({ id }) => id === write.id)
    if (!isReceived) this.#add(kind, name, { ...write, recordedAt: this.#now() - ageMs })
  }

  /** Returns the writes that AWS has not shown yet, for a process that has just joined. */
  snapshot(): RecentWrite[] {
    const recentWrites = [...this.#unshown].flatMap(([key, writes]) => {
      return writes.map(({ recordedAt, ...write }) => ({
        ...kindAndNameOf(key),
        write,
        ageMs: this.#now() - recordedAt,
      }))
    })
    return recentWrites.slice(-maxWritesInSnapshot)
  }

  #add(kind: Kind, name: string, write: Write): void {
    const key = keyOf(kind, name)
    const writes = this.#unexpired(key) ?? []
    this.#unshown.delete(key)
    this.#unshown.set(key, [...writes, write])
    for (const oldest of this.#unshown.keys()) {
      if (this.#unshown.size <= maxResources) break
      this.#unshown.delete(oldest)
    }
  }

  /**
   * Overlays AWS's answer with the writes that it does not show, and drops the writes that it shows.
   * @param answer undefined when AWS returned no such resource
   */
  overlay<T extends object>(kind: Kind, name: string, answer: T | undefined): T | undefined {
    const key = keyOf(kind, name)
    const writes = this.#unexpired(key)
    if (!writes) return answer
    // An answer that does not show a write does not show later writes either.
    const firstUnshown = writes.findIndex((write) => isFromBefore(kind, answer, write))
    if (firstUnshown < 0) {
      this.#unshown.delete(key)
      return answer
    }
    const unshown = writes.slice(firstUnshown)
    if (firstUnshown > 0) this.#unshown.set(key, unshown)
    let result: Resource | undefined = answer
    for (const { before, after, fields } of unshown) {
      if (result === undefined || before === undefined) result = after
      else
        result = {
          ...result,
          ...Object.fromEntries(fields.map((field) => [field, (after as Record<string, unknown>)[field]])),
        }
    }
    return result as T
  }

  /** Returns the names of the resources with writes that AWS has not shown yet. AWS's lists may lack these names. */
  namesWithUnshownWrites(kind: Kind): string[] {
    const prefix = `${kind} `
    return [...this.#unshown.keys()]
      .filter((key) => key.startsWith(prefix) && this.#unexpired(key))
      .map((key) => key.slice(prefix.length))
  }

  #unexpired(key: string): Write[] | undefined {
    const writes = this.#unshown.get(key)
    const unexpired = writes?.filter((write) => this.#now() - write.recordedAt < maxAgeMs)
    if (unexpired?.length) return unexpired
    this.#unshown.delete(key)
    return undefined
  }
}

function keyOf(kind: Kind, name: string): string {
  return `${kind} ${name}`
}

/** The inverse of `keyOf`. A kind may contain a space; a name cannot. */
function kindAndNameOf(key: string): { kind: Kind; name: string } {
  const end = key.lastIndexOf(' ')
  return { kind: key.slice(0, end) as Kind, name: key.slice(end + 1) }
}

/**
 * Whether AWS's answer is from before the write: no resource, a task of a lower version, or the old values in all
 * fields that the write changed. A service with the old values can also have been rolled back by ECS since the write.
 * Then one of its deployments was updated later than those in the write's output.
 */
function isFromBefore(kind: Kind, answer: Resource | undefined, { before, after, fields }: Write): boolean {
  if (answer === undefined) return true
  if (kind === 'task') return versionOf(answer) < versionOf(after)
  if (before === undefined) return isInactive(answer) && !isInactive(after)
  if (lastDeploymentUpdate(answer) > lastDeploymentUpdate(after)) return false
  const changed = fields.filter((field) => !isDeepStrictEqual(comparable(before, field), comparable(after, field)))
  return (
    changed.length > 0 &&
    changed.every((field) => isDeepStrictEqual(comparable(answer, field), comparable(before, field)))
  )
}

/** Milliseconds since 1970, by AWS's clock; 0 for a resource without deployments. */
function lastDeploymentUpdate(resource: Resource): number {
  const { deployments = [] } = resource as { deployments?: { updatedAt?: Date }[] }
  return Math.max(0, ...deployments.map(({ updatedAt }) => updatedAt?.getTime() ?? 0))
}

/** Whether the resource is deleted. ECS shows it for a while, also when a new resource has the same name. */
function isInactive(resource: Resource): boolean {
  return 'status' in resource && resource.status === 'INACTIVE'
}

function versionOf(resource: Resource): number {
  return 'version' in resource && typeof resource.version === 'number' ? resource.version : 0
}

/**
 * Returns the value of a field without the parts that change by themselves. Deployments are compared by their ids,
 * because their counts change; the order of tags and settings does not matter.
 */
function comparable(resource: Resource, field: string): unknown {
  const value: unknown = (resource as Record<string, unknown>)[field]
  if (!Array.isArray(value)) return value
  if (field === 'deployments') return new Set(value.map((deployment: { id?: string }) => deployment.id))
  if (field === 'tags' || field === 'settings')
    return new Set(value.map((item) => JSON.stringify(Object.entries(item).sort())))
  return value
}
