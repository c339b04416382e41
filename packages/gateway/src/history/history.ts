/**
 * The history of stopped tasks and of events of services. ECS returns a stopped task for about an hour, and a service's
 * last hundred events. The gateway records both from every description of a task or a service, whatever request it was
 * made for. The history makes no calls to AWS by itself, so data that was not described in time is missing.
 */
import { LRUCache } from 'lru-cache'
import { maxEntries } from '../lru-cache/max-entries.ts'
import {
  addServiceEvents,
  addStoppedTasks,
  findStoppedTask,
  listServiceEvents,
  listStoppedTasks,
  type ServiceEventFilter,
  type ServiceEventRow,
  type StoppedTaskFilter,
  type StoppedTaskRow,
  trimHistory,
} from '../store/history-records.ts'
import type { Store } from '../store/store.ts'
import { storeUnavailable } from '../store/unavailable.ts'

/** A stopped task, with its resource in the API's shape. */
export type StoppedTask<Resource> = Omit<StoppedTaskRow, 'resource'> & { resource: Resource }

export interface HistoryDeps {
  store: Store
  keptDays: number
  /** Milliseconds since 1970, on a clock that does not jump forward (`store/steady-clock.ts`). */
  now: () => number
  onUnexpectedError: (error: unknown) => void
}

const dayMs = 86_400_000
const trimIntervalMs = 3_600_000
/** The number of events of a service, and of stopped tasks of a group, that are kept. */
const maxPerGroup = 1_000
/** At most this many rows wait for the store. Further rows are dropped. */
const maxPending = 5_000
const maxCached = 50_000
/** The timeout of a read, so that a store that hangs does not delay the data that ECS returns. */
const readTimeoutMs = 2_000

export class History {
  readonly #deps: HistoryDeps
  /** Tasks that are already recorded, so that another description of them writes nothing. */
  readonly #recordedTasks = new LRUCache<string, true>(maxEntries(maxCached))
  /** The newest recorded event of each service; all events before it are recorded as well. */
  readonly #newestEvents = new LRUCache<string, { at: string; id: string }>(maxEntries(maxCached))
  #pendingTasks: StoppedTaskRow[] = []
  #pendingEvents: ServiceEventRow[] = []
  #writing: Promise<void> | undefined
  #trimmedAt = 0
  /** The removal of old rows in the background. Only `close` waits for it. */
  #trimming: Promise<void> | undefined
  #isFailing = false
  /** Counts rows by outcome. A row that `failed` or was `dropped` may be recorded again by a later description. */
  readonly rowCounts = { task: { kept: 0, failed: 0, dropped: 0 }, event: { kept: 0, failed: 0, dropped: 0 } }

  constructor(deps: HistoryDeps) {
    this.#deps = deps
  }

  /**
   * Records a stopped task.
   * @param build builds the row; not called for a task that is already recorded
   */
  recordTask(key: Pick<StoppedTaskRow, 'account' | 'cluster' | 'id'>, build: () => StoppedTask<object>): void {
    const name = taskKey(key)
    if (this.#recordedTasks.has(name)) return
    if (this.#isFull) return void this.rowCounts.task.dropped++
    this.#recordedTasks.set(name, true)
    const { resource, ...task } = build()
    this.#pendingTasks.push({
      ...task,
      resource: this.#deps.store.cipher.encrypt(Buffer.from(JSON.stringify(resource))),
    })
    this.#write()
  }

  /**
   * Records the events of a service.
   * @param rows of one service, newest first
   */
  recordEvents(rows: Iterable<ServiceEventRow>): void {
    let first: ServiceEventRow | undefined
    let newest: { at: string; id: string } | undefined
    for (const row of rows) {
      if (!first) newest = this.#newestEvents.get(serviceKey(row))
      first ??= row
      // This row and all older rows are already recorded.
      if (newest && (row.id === newest.id || row.at < newest.at)) break
      if (this.#isFull) {
        this.rowCounts.event.dropped++
        this.#newestEvents.delete(serviceKey(row))
        return
      }
      this.#pendingEvents.push(row)
      this.#write()
    }
    if (first && !(newest && first.at < newest.at))
      this.#newestEvents.set(serviceKey(first), { at: first.at, id: first.id })
  }

  /**
   * Returns a stopped task in the form of the API; undefined when no description showed it as stopped.
   * @throws Unavailable `StoreUnavailable`
   */
  async findTask(key: Pick<StoppedTaskRow, 'account' | 'cluster' | 'id'>): Promise<object | undefined> {
    const row = await this.#read((store) => findStoppedTask(store, key))
    return row && this.#decrypt(row)?.resource
  }

  /**
   * Lists stopped tasks, newest first.
   * @param after the last task of the previous page
   * @throws Unavailable `StoreUnavailable`
   */
  async listTasks(
    filter: StoppedTaskFilter,
    limit: number,
    after?: { at: string; id: string },
  ): Promise<StoppedTask<object>[]> {
    const rows = await this.#read((store) => listStoppedTasks(store, filter, limit, after))
    return rows.map((row) => this.#decrypt(row)).filter((task) => task !== undefined)
  }

  /**
   * Lists events of services, newest first.
   * @param after the last event of the previous page
   * @throws Unavailable `StoreUnavailable`
   */
  async listEvents(
    filter: ServiceEventFilter,
    limit: number,
    after?: { at: string; id: string },
  ): Promise<ServiceEventRow[]> {
    return this.#read((store) => listServiceEvents(store, filter, limit, after))
  }

  /** Resolves when all pending rows are written. */
  async close(): Promise<void> {
    while (this.#writing) await this.#writing
    await this.#trimming
  }

  /** Returns undefined for a task that was encrypted with another store key. */
  #decrypt({ resource, ...row }: StoppedTaskRow): StoppedTask<object> | undefined {
    const bytes = this.#deps.store.cipher.decrypt(resource)
    return bytes && { ...row, resource: JSON.parse(bytes.toString()) as object }
  }

  get #isFull(): boolean {
    return this.#pendingTasks.length + this.#pendingEvents.length >= maxPending
  }

  /** Reads after the write in progress, so that the result includes its rows. */
  async #read<Found>(query: (store: Store) => Promise<Found>): Promise<Found> {
    const timeout = Promise.withResolvers<never>()
    const timer = setTimeout(
      () => timeout.reject(storeUnavailable(new Error(`no response in ${readTimeoutMs} ms`))),
      readTimeoutMs,
    )
    try {
      return await Promise.race([Promise.resolve(this.#writing).then(() => query(this.#deps.store)), timeout.promise])
    } finally {
      clearTimeout(timer)
    }
  }

  /** Writes all rows of this turn of the event loop together. */
  #write(): void {
    this.#writing ??= new Promise<void>((resolve) => setImmediate(resolve))
      .then(() => this.#writeAll())
      .catch((error: unknown) => {
        if (!this.#isFailing) this.#deps.onUnexpectedError(error)
        this.#isFailing = true
      })
      .finally(() => {
        this.#writing = undefined
        if (this.#pendingTasks.length + this.#pendingEvents.length > 0) this.#write()
      })
  }

  #count(outcome: 'kept' | 'failed', tasks: readonly unknown[], events: readonly unknown[]): void {
    this.rowCounts.task[outcome] += tasks.length
    this.rowCounts.event[outcome] += events.length
  }

  async #writeAll(): Promise<void> {
    const { store, now, keptDays } = this.#deps
    const [tasks, events] = [this.#pendingTasks, this.#pendingEvents]
    this.#pendingTasks = []
    this.#pendingEvents = []
    try {
      await addStoppedTasks(store, tasks)
      await addServiceEvents(store, events)
      this.#count('kept', tasks, events)
    } catch (error) {
      this.#count('failed', tasks, events)
      // A later description may record them again.
      for (const task of tasks) this.#recordedTasks.delete(taskKey(task))
      for (const event of events) this.#newestEvents.delete(serviceKey(event))
      throw error
    }
    this.#isFailing = false
    if (now() - this.#trimmedAt < trimIntervalMs) return
    this.#trimmedAt = now()
    const before = new Date(now() - keptDays * dayMs).toISOString()
    this.#trimming = trimHistory(store, before, maxPerGroup).catch(this.#deps.onUnexpectedError)
  }
}

function taskKey({ account, cluster, id }: Pick<StoppedTaskRow, 'account' | 'cluster' | 'id'>): string {
  return `${account} ${cluster} ${id}`
}

function serviceKey({ account, cluster, service }: Pick<ServiceEventRow, 'account' | 'cluster' | 'service'>): string {
  return `${account} ${cluster} ${service}`
}
