/**
 * The processes that work on a shared store, each known to be alive by the time it was last seen, by the store's own clock: all SQL of the
 * table `processes`.
 */
import { fromNow } from './clock.ts'
import type { Store } from './store.ts'

const beatMs = 2_000
/** Silent for so long, a process counts as dead. */
const silenceSeconds = 8
const forgottenSeconds = 86_400

/**
 * A write of a row that stands for no process: it fails where the disk is full, and on a replica.
 * @throws Unavailable `StoreUnavailable`
 */
export async function canWrite({ db, kind }: Store): Promise<void> {
  // Long before now, so that nobody takes it for a process, and another value each time: SQLite does not write the same one again.
  const seenAt = fromNow[kind](-forgottenSeconds / 2)
  await db
    .insertInto('processes')
    .values({ id: 'readiness', seen_at: seenAt })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ seen_at: seenAt }))
    .execute()
}

export class Processes {
  readonly #store: Store
  readonly #onFault: (error: unknown) => void
  #beat: NodeJS.Timeout | undefined
  /** One at a time, also when the store is slow. */
  #beating: Promise<void> | undefined
  #others: readonly string[] = []
  readonly #now: () => number
  /** When this process could not reach the store last. */
  #failedAt = Number.NEGATIVE_INFINITY
  /** Told of the others each time that it was looked. */
  onLooked: ((others: readonly string[]) => void) | undefined

  /** @param now milliseconds of any clock that never goes back */
  constructor(store: Store, onFault: (error: unknown) => void, now = () => performance.now()) {
    this.#store = store
    this.#onFault = onFault
    this.#now = now
  }

  /** Makes this process known. A store that is this process's alone needs no telling. */
  async open(): Promise<void> {
    if (!this.#store.isShared) return
    await this.#notify()
    await this.look()
    const beat = () => {
      this.#beating ??= this.#notify()
        .then(() => this.look())
        .catch((error: unknown) => {
          this.#failedAt = this.#now()
          this.#onFault(error)
        })
        .finally(() => {
          this.#beating = undefined
        })
    }
    this.#beat = setInterval(beat, beatMs).unref()
  }

  /** Who could not reach the store can't tell who could: nobody counts as dead then who did not say so, until all have had time to be seen again. */
  async isAlive(id: string): Promise<boolean> {
    const { db, process, isShared, kind } = this.#store
    if (id === process || !isShared) return id === process
    const known = db.selectFrom('processes').select('id').where('id', '=', id)
    const isSure = this.#now() - this.#failedAt > silenceSeconds * 1000 + beatMs
    const seen = isSure ? known.where('seen_at', '>', fromNow[kind](-silenceSeconds)) : known
    return (await seen.executeTakeFirst()) !== undefined
  }

  /** The others that were alive when it was last looked. */
  get others(): readonly string[] {
    return this.#others
  }

  async look(): Promise<void> {
    const { db, process, isShared, kind } = this.#store
    if (!isShared) return
    const alive = db.selectFrom('processes').select('id').where('seen_at', '>', fromNow[kind](-silenceSeconds))
    this.#others = (await alive.where('id', '!=', process).execute()).map(({ id }) => id)
    this.onLooked?.(this.#others)
  }

  async close(): Promise<void> {
    clearInterval(this.#beat)
    await this.#beating
    const { db, process, isShared } = this.#store
    // What it was working on can be taken over at once.
    if (isShared) await db.deleteFrom('processes').where('id', '=', process).execute().catch(this.#onFault)
  }

  async #notify(): Promise<void> {
    const { db, process, kind } = this.#store
    const now = fromNow[kind](0)
    await db
      .insertInto('processes')
      .values({ id: process, seen_at: now })
      .onConflict((conflict) => conflict.column('id').doUpdateSet({ seen_at: now }))
      .execute()
    await db.deleteFrom('processes').where('seen_at', '<', fromNow[kind](-forgottenSeconds)).execute()
  }
}
