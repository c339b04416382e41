/** The change logs of an account, and the streams of them. */
import type { ByteBudget } from '../byte-budget.ts'
import type { Stream } from './account-streams.ts'
import { ChangeFollower, type ChangeReader } from './change-follower.ts'
import { ChangeLog } from './change-log.ts'

/** The changes of many resources. */
export interface ChangeStream {
  /**
   * @param cursor the id of the last event that the client has
   * @throws Gone `CursorTooOld`, BadRequest `InvalidCursor`, and the problem that AWS's error means
   */
  open: (cursor: string | undefined, reader: ChangeReader) => Promise<{ first: readonly []; close: () => void }>
  /** `deleted` concerns one of the resources. */
  isOfMany: true
}

export class ChangeStreams {
  readonly #byteBudget: ByteBudget
  readonly #logs = new Map<string, ChangeLog>()

  constructor(byteBudget: ByteBudget) {
    this.#byteBudget = byteBudget
  }

  find(key: string): ChangeLog | undefined {
    return this.#logs.get(key)
  }

  /** @param snapshots polls the snapshots, which it passes to `apply` of the log of the key while it is open */
  stream(key: string, snapshots: Stream): ChangeStream {
    return { isOfMany: true, open: (cursor, reader) => this.#open(key, snapshots, cursor, reader) }
  }

  close(): void {
    for (const log of this.#logs.values()) this.#byteBudget.drop(log)
    this.#logs.clear()
  }

  async #open(
    key: string,
    snapshots: Stream,
    cursor: string | undefined,
    reader: ChangeReader,
  ): ReturnType<ChangeStream['open']> {
    const log = this.#logOf(key)
    log.pin()
    let stopPolling: (() => void) | undefined
    try {
      const { problem, cut } = { problem: reader.problem.bind(reader), cut: reader.cut.bind(reader) }
      const opened = await snapshots.open(undefined, { event: () => {}, problem, cut })
      stopPolling = opened.close
      const follower = new ChangeFollower(log, reader, cursor === undefined ? undefined : log.positionOf(cursor))
      follower.send()
      const close = () => {
        follower.close()
        opened.close()
        log.unpin()
      }
      return { first: [], close }
    } catch (error) {
      stopPolling?.()
      log.unpin()
      throw error
    }
  }

  #logOf(key: string): ChangeLog {
    const known = this.#logs.get(key)
    if (known) return known
    const log = new ChangeLog(this.#byteBudget, () => {
      if (this.#logs.get(key) === log) this.#logs.delete(key)
    })
    this.#logs.set(key, log)
    return log
  }
}
