/**
 * What ECS forgets after an hour (stopped tasks) or a hundred (a service's events), kept as it was seen: whenever this service looks, for
 * whatever reason. It asks AWS for nothing by itself, so what nobody looked at in time is not there.
 */
import { LRUCache } from 'lru-cache'
import {
  addServiceEvents,
  addStoppedTasks,
  type ServiceEventFilter,
  type ServiceEventRow,
  type StoppedTaskFilter,
  type StoppedTaskRow,
  serviceEvents,
  stoppedTask,
  stoppedTasks,
  trimHistory,
} from '../store/history-records.ts'
import type { Store } from '../store/store.ts'
import { storeUnavailable } from '../store/unavailable.ts'

/** A task that has stopped, and its resource as it was answered then. */
export type StoppedTask<Resource> = Omit<StoppedTaskRow, 'resource'> & { resource: Resource }

export interface HistoryDeps {
  store: Store
  keptDays: number
  now: () => number
  onFault: (error: unknown) => void
}

const dayMs = 86_400_000
const trimEveryMs = 3_600_000
/** Of a service's events, and of a group's tasks. */
const maxKept = 1_000
/** What may wait for the store. */
const maxWaiting = 5_000
const maxRemembered = 50_000
/** A store that hangs holds up nobody who asks what ECS knows. */
const longestReadMs = 2_000

export class History {
  readonly #deps: HistoryDeps
  /** Tasks that are written down already, so that a look that shows them again costs nothing. */
  readonly #known = new LRUCache<string, true>({ max: maxRemembered })
  /** Of each service, the newest event that is written down, and with it all before. */
  readonly #newest = new LRUCache<string, { at: string; id: string }>({ max: maxRemembered })
  #tasks: StoppedTaskRow[] = []
  #events: ServiceEventRow[] = []
  #writing: Promise<void> | undefined
  #trimmedAt = 0
  /** Nobody waits for it but the end. */
  #trimming: Promise<void> | undefined
  #isFailing = false
  /** What became of what was noted: `failed` and `dropped` (too much waited) may be noted again at a later look. */
  readonly figures = { task: { kept: 0, failed: 0, dropped: 0 }, event: { kept: 0, failed: 0, dropped: 0 } }

  constructor(deps: HistoryDeps) {
    this.#deps = deps
  }

  /** @param make what is to be kept; not called for what is kept already */
  noteTask(key: Pick<StoppedTaskRow, 'account' | 'cluster' | 'id'>, make: () => StoppedTask<object>): void {
    const name = taskName(key)
    if (this.#known.has(name)) return
    if (this.#isFull) return void this.figures.task.dropped++
    this.#known.set(name, true)
    const { resource, ...task } = make()
    this.#tasks.push({ ...task, resource: this.#deps.store.seal.close(Buffer.from(JSON.stringify(resource))) })
    this.#write()
  }

  /** @param rows of one service, newest first */
  noteEvents(rows: Iterable<ServiceEventRow>): void {
    let first: ServiceEventRow | undefined
    let known: { at: string; id: string } | undefined
    for (const row of rows) {
      if (!first) known = this.#newest.get(serviceName(row))
      first ??= row
      // An older answer has nothing new.
      if (known && (row.id === known.id || row.at < known.at)) break
      if (this.#isFull) {
        this.figures.event.dropped++
        this.#newest.delete(serviceName(row))
        return
      }
      this.#events.push(row)
      this.#write()
    }
    if (first && !(known && first.at < known.at)) this.#newest.set(serviceName(first), { at: first.at, id: first.id })
  }

  /**
   * The task's resource as it was last; undefined when it was not seen to stop.
   * @throws Unavailable `StoreUnavailable`, as all that read
   */
  async task(key: Pick<StoppedTaskRow, 'account' | 'cluster' | 'id'>): Promise<object | undefined> {
    const row = await this.#read((store) => stoppedTask(store, key))
    return row && this.#opened(row)?.resource
  }

  /** Newest first. @param after the last of the page before */
  async tasks(
    filter: StoppedTaskFilter,
    limit: number,
    after?: { at: string; id: string },
  ): Promise<StoppedTask<object>[]> {
    const rows = await this.#read((store) => stoppedTasks(store, filter, limit, after))
    return rows.map((row) => this.#opened(row)).filter((task) => task !== undefined)
  }

  /** Newest first. @param after the last of the page before */
  async events(
    filter: ServiceEventFilter,
    limit: number,
    after?: { at: string; id: string },
  ): Promise<ServiceEventRow[]> {
    return this.#read((store) => serviceEvents(store, filter, limit, after))
  }

  /** Once all is written that was noted. */
  async close(): Promise<void> {
    while (this.#writing) await this.#writing
    await this.#trimming
  }

  /** What was sealed with another store key can't be shown any more. */
  #opened({ resource, ...row }: StoppedTaskRow): StoppedTask<object> | undefined {
    const bytes = this.#deps.store.seal.open(resource)
    return bytes && { ...row, resource: JSON.parse(bytes.toString()) as object }
  }

  get #isFull(): boolean {
    return this.#tasks.length + this.#events.length >= maxWaiting
  }

  /** With all that was noted before. */
  async #read<Found>(ask: (store: Store) => Promise<Found>): Promise<Found> {
    const late = Promise.withResolvers<never>()
    const timer = setTimeout(
      () => late.reject(storeUnavailable(new Error(`no answer in ${longestReadMs} ms`))),
      longestReadMs,
    )
    try {
      return await Promise.race([Promise.resolve(this.#writing).then(() => ask(this.#deps.store)), late.promise])
    } finally {
      clearTimeout(timer)
    }
  }

  /** All of one turn of the event loop go together. */
  #write(): void {
    this.#writing ??= new Promise<void>((resolve) => setImmediate(resolve))
      .then(() => this.#writeAll())
      .catch((error: unknown) => {
        if (!this.#isFailing) this.#deps.onFault(error)
        this.#isFailing = true
      })
      .finally(() => {
        this.#writing = undefined
        if (this.#tasks.length + this.#events.length > 0) this.#write()
      })
  }

  #count(outcome: 'kept' | 'failed', tasks: readonly unknown[], events: readonly unknown[]): void {
    this.figures.task[outcome] += tasks.length
    this.figures.event[outcome] += events.length
  }

  async #writeAll(): Promise<void> {
    const { store, now, keptDays } = this.#deps
    const [tasks, events] = [this.#tasks, this.#events]
    this.#tasks = []
    this.#events = []
    try {
      await addStoppedTasks(store, tasks)
      await addServiceEvents(store, events)
      this.#count('kept', tasks, events)
    } catch (error) {
      this.#count('failed', tasks, events)
      // A later look shows them again.
      for (const task of tasks) this.#known.delete(taskName(task))
      for (const event of events) this.#newest.delete(serviceName(event))
      throw error
    }
    this.#isFailing = false
    if (now() - this.#trimmedAt < trimEveryMs) return
    this.#trimmedAt = now()
    this.#trimming = trimHistory(store, new Date(now() - keptDays * dayMs).toISOString(), maxKept).catch(
      this.#deps.onFault,
    )
  }
}

function taskName({ account, cluster, id }: Pick<StoppedTaskRow, 'account' | 'cluster' | 'id'>): string {
  return `${account} ${cluster} ${id}`
}

function serviceName({ account, cluster, service }: Pick<ServiceEventRow, 'account' | 'cluster' | 'service'>): string {
  return `${account} ${cluster} ${service}`
}
