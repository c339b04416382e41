/**
 * The living processes on a shared store, and all SQL of the table `processes`. Each process writes the time of its
 * last heartbeat, on the database's clock. A process without a heartbeat for eight seconds counts as dead.
 */
import { secondsFromNow } from './clock.ts'
import type { Store } from './store.ts'

const heartbeatMs = 2_000
/** Without a heartbeat for this long, a process counts as dead. */
const deadAfterSeconds = 8
/** Rows of dead processes are removed after this time. */
const removeAfterSeconds = 86_400

/**
 * Checks that the store accepts a write, which fails on a full disk and on a replica. It writes the row `readiness` to
 * the table `processes`.
 * @throws Unavailable `StoreUnavailable`
 */
export async function requireWritable({ db, kind }: Store): Promise<void> {
  // This time is long past, so the row does not count as a living process. The time is another one with each check,
  // because SQLite does not write an unchanged row.
  const seenAt = secondsFromNow[kind](-removeAfterSeconds / 2)
  await db
    .insertInto('processes')
    .values({ id: 'readiness', seen_at: seenAt })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ seen_at: seenAt }))
    .execute()
}

export class Processes {
  readonly #store: Store
  readonly #onUnexpectedError: (error: unknown) => void
  #timer: NodeJS.Timeout | undefined
  /** The heartbeat in progress: there is one at a time, also when the store is slow. */
  #heartbeat: Promise<void> | undefined
  #others: readonly string[] = []
  readonly #now: () => number
  /** When a heartbeat of this process last failed. */
  #failedAt = Number.NEGATIVE_INFINITY
  /** Called with the other living processes after each read of the table. */
  onRefreshed: ((otherProcesses: readonly string[]) => void) | undefined

  /** @param now milliseconds of a monotonic clock */
  constructor(store: Store, onUnexpectedError: (error: unknown) => void, now = () => performance.now()) {
    this.#store = store
    this.#onUnexpectedError = onUnexpectedError
    this.#now = now
  }

  /** Registers this process and starts its heartbeat. Does nothing on a store that other processes cannot use. */
  async open(): Promise<void> {
    if (!this.#store.isShared) return
    await this.#sendHeartbeat()
    await this.refresh()
    const beat = () => {
      this.#heartbeat ??= this.#sendHeartbeat()
        .then(() => this.refresh())
        .catch((error: unknown) => {
          this.#failedAt = this.#now()
          this.#onUnexpectedError(error)
        })
        .finally(() => {
          this.#heartbeat = undefined
        })
    }
    this.#timer = setInterval(beat, heartbeatMs).unref()
  }

  /**
   * Whether a process is alive. After this process could not reach the store, other processes may have missed
   * heartbeats for the same reason. Until all have had time for another heartbeat, only a process without a row counts
   * as dead.
   */
  async isAlive(id: string): Promise<boolean> {
    const { processId, isShared, kind } = this.#store
    if (id === processId || !isShared) return id === processId
    const { db } = this.#store
    const registered = db.selectFrom('processes').select('id').where('id', '=', id)
    const areHeartbeatsReliable = this.#now() - this.#failedAt > deadAfterSeconds * 1000 + heartbeatMs
    const alive = areHeartbeatsReliable
      ? registered.where('seen_at', '>', secondsFromNow[kind](-deadAfterSeconds))
      : registered
    return (await alive.executeTakeFirst()) !== undefined
  }

  /** The ids of the other living processes, as of the last read of the table. */
  get otherProcesses(): readonly string[] {
    return this.#others
  }

  /** Reads the living processes from the table. */
  async refresh(): Promise<void> {
    if (!this.#store.isShared) return
    const { db, processId, kind } = this.#store
    const alive = db.selectFrom('processes').select('id').where('seen_at', '>', secondsFromNow[kind](-deadAfterSeconds))
    this.#others = (await alive.where('id', '!=', processId).execute()).map(({ id }) => id)
    this.onRefreshed?.(this.#others)
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.#heartbeat
    if (!this.#store.isShared) return
    const { db, processId } = this.#store
    // Without the row, other processes can take over the unfinished requests of this process at once.
    await db.deleteFrom('processes').where('id', '=', processId).execute().catch(this.#onUnexpectedError)
  }

  async #sendHeartbeat(): Promise<void> {
    const { db, processId, kind } = this.#store
    const now = secondsFromNow[kind](0)
    await db
      .insertInto('processes')
      .values({ id: processId, seen_at: now })
      .onConflict((conflict) => conflict.column('id').doUpdateSet({ seen_at: now }))
      .execute()
    await db.deleteFrom('processes').where('seen_at', '<', secondsFromNow[kind](-removeAfterSeconds)).execute()
  }
}
