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

/** A task that has stopped, and its resource as it was answered then. */
export type StoppedTask<Resource> = Omit<StoppedTaskRow, 'resource'> & { resource: Resource }

export interface HistoryParts {
  store: Store
  keptDays: number
  now: () => number
  onFault: (error: unknown) => void
}

const dayMs = 86_400_000
const trimEveryMs = 3_600_000
/** Of a service's events, and of a group's tasks. */
const mostKept = 1_000
/** What may wait for the store. */
const mostWaiting = 5_000
const mostRemembered = 50_000

export class History {
  readonly #parts: HistoryParts
  /** What is written down already, so that a look that shows it again costs nothing. */
  readonly #known = new LRUCache<string, true>({ max: mostRemembered })
  #tasks: StoppedTaskRow[] = []
  #events: ServiceEventRow[] = []
  #writing: Promise<void> | undefined
  #trimmedAt = 0
  #isFailing = false

  constructor(parts: HistoryParts) {
    this.#parts = parts
  }

  /** @param make what is to be kept; not called for what is kept already */
  noteTask(key: Pick<StoppedTaskRow, 'account' | 'cluster' | 'id'>, make: () => StoppedTask<object>): void {
    if (!this.#isNew(nameOf(key))) return
    const { resource, ...task } = make()
    this.#tasks.push({ ...task, resource: this.#parts.store.seal.close(Buffer.from(JSON.stringify(resource))) })
    this.#write()
  }

  /** @param rows newest first: what comes after a known one is known */
  noteEvents(rows: Iterable<ServiceEventRow>): void {
    for (const row of rows) {
      if (!this.#isNew(`${nameOf(row)} ${row.service}`)) return
      this.#events.push(row)
      this.#write()
    }
  }

  /** The task's resource as it was last; undefined when it was not seen to stop. */
  async task(key: Pick<StoppedTaskRow, 'account' | 'org' | 'cluster' | 'id'>): Promise<object | undefined> {
    await this.#writing
    const row = await stoppedTask(this.#parts.store, key)
    return row && this.#opened(row)?.resource
  }

  /** Newest first. @param after the last of the page before */
  async tasks(filter: StoppedTaskFilter, limit: number, after?: { at: string; id: string }): Promise<StoppedTask<object>[]> {
    await this.#writing
    const rows = await stoppedTasks(this.#parts.store, filter, limit, after)
    return rows.map((row) => this.#opened(row)).filter((task) => task !== undefined)
  }

  /** Newest first. @param after the last of the page before */
  async events(filter: ServiceEventFilter, limit: number, after?: { at: string; id: string }): Promise<ServiceEventRow[]> {
    await this.#writing
    return serviceEvents(this.#parts.store, filter, limit, after)
  }

  /** Once all is written that was noted. */
  async close(): Promise<void> {
    while (this.#writing) await this.#writing
  }

  /** What was sealed with another store key can't be shown any more. */
  #opened({ resource, ...row }: StoppedTaskRow): StoppedTask<object> | undefined {
    const bytes = this.#parts.store.seal.open(resource)
    return bytes && { ...row, resource: JSON.parse(bytes.toString()) as object }
  }

  #isNew(name: string): boolean {
    if (this.#known.has(name)) return false
    if (this.#tasks.length + this.#events.length >= mostWaiting) return false
    this.#known.set(name, true)
    return true
  }

  /** All of one turn of the event loop go together. */
  #write(): void {
    this.#writing ??= new Promise<void>((resolve) => setImmediate(resolve))
      .then(() => this.#writeAll())
      .catch((error: unknown) => {
        if (!this.#isFailing) this.#parts.onFault(error)
        this.#isFailing = true
      })
      .finally(() => {
        this.#writing = undefined
        if (this.#tasks.length + this.#events.length > 0) this.#write()
      })
  }

  async #writeAll(): Promise<void> {
    const { store, now, keptDays } = this.#parts
    const [tasks, events] = [this.#tasks, this.#events]
    this.#tasks = []
    this.#events = []
    try {
      await addStoppedTasks(store, tasks)
      await addServiceEvents(store, events)
    } catch (error) {
      // A later look shows them again.
      for (const task of tasks) this.#known.delete(nameOf(task))
      for (const event of events) this.#known.delete(`${nameOf(event)} ${event.service}`)
      throw error
    }
    this.#isFailing = false
    if (now() - this.#trimmedAt < trimEveryMs) return
    this.#trimmedAt = now()
    await trimHistory(store, new Date(now() - keptDays * dayMs).toISOString(), mostKept)
  }
}

function nameOf({ account, cluster, id }: { account: string; cluster: string; id: string }): string {
  return `${account} ${cluster} ${id}`
}
