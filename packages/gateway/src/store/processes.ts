/** The processes that work on a shared store, each known to be alive by the time it was last seen, by the store's own clock. */
import { sql } from 'kysely'
import type { Store } from './store.ts'

const beatMs = 2_000
/** Silent for so long, a process counts as dead. */
const silenceSeconds = 8
const forgottenSeconds = 86_400

const ago = (seconds: number) =>
  sql<string>`to_char(clock_timestamp() at time zone 'utc' - make_interval(secs => ${seconds}), 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

export class Processes {
  readonly #store: Store
  readonly #onFault: (error: unknown) => void
  #beat: NodeJS.Timeout | undefined

  constructor(store: Store, onFault: (error: unknown) => void) {
    this.#store = store
    this.#onFault = onFault
  }

  /** Makes this process known. A store that is this process's alone needs no telling. */
  async open(): Promise<void> {
    if (!this.#store.isShared) return
    await this.#tell()
    this.#beat = setInterval(() => void this.#tell().catch(this.#onFault), beatMs).unref()
  }

  async isAlive(id: string): Promise<boolean> {
    const { db, process, isShared } = this.#store
    if (id === process || !isShared) return id === process
    const row = await db.selectFrom('processes').select('id').where('id', '=', id).where('seen_at', '>', ago(silenceSeconds)).executeTakeFirst()
    return row !== undefined
  }

  async close(): Promise<void> {
    clearInterval(this.#beat)
    const { db, process, isShared } = this.#store
    if (isShared) await db.deleteFrom('processes').where('id', '=', process).execute().catch(this.#onFault)
  }

  async #tell(): Promise<void> {
    const { db, process } = this.#store
    await db
      .insertInto('processes')
      .values({ id: process, seen_at: ago(0) })
      .onConflict((conflict) => conflict.column('id').doUpdateSet({ seen_at: ago(0) }))
      .execute()
    await db.deleteFrom('processes').where('seen_at', '<', ago(forgottenSeconds)).execute()
  }
}
