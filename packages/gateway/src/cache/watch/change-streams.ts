/** The change logs of an account, and the streams that send them. */
import type { ByteBudget } from '../byte-budget.ts'
import type { Stream } from './account-streams.ts'
import { ChangeFollower, type ChangeReader, type ChangeStreamOptions } from './change-follower.ts'
import { ChangeLog } from './change-log.ts'

/** The changes of many resources. */
export interface ChangeStream {
  /**
   * @param cursor the id of the last event that the client has
   * @returns `first`, the events to send first, is empty: the reader receives all events
   * @throws Gone `CursorTooOld`, BadRequest `InvalidCursor`, or the problem of a failed call to AWS
   */
  open: (cursor: string | undefined, reader: ChangeReader) => Promise<{ first: readonly []; close: () => void }>
  /** The stream has many resources, so the event `deleted` does not end it. */
  concernsManyResources: true
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

  /**
   * Returns the stream of the log with the key.
   * @param snapshots a stream that polls snapshots and applies them to the log while it is open
   */
  stream(key: string, snapshots: Stream, options: ChangeStreamOptions): ChangeStream {
    return {
      concernsManyResources: true,
      open: (cursor, reader) => this.#open(key, snapshots, options, cursor, reader),
    }
  }

  close(): void {
    for (const log of this.#logs.values()) this.#byteBudget.drop(log)
    this.#logs.clear()
  }

  async #open(
    key: string,
    snapshots: Stream,
    { startsWithState }: ChangeStreamOptions,
    cursor: string | undefined,
    reader: ChangeReader,
  ): ReturnType<ChangeStream['open']> {
    const log = this.#logOf(key)
    log.pin()
    let stopPolling: (() => void) | undefined
    try {
      const noCursor = undefined
      const opened = await snapshots.open(noCursor, {
        sendEvent: () => {},
        sendProblem: reader.sendProblem.bind(reader),
        endWithProblem: reader.endWithProblem.bind(reader),
      })
      stopPolling = opened.close
      const position = cursor === undefined ? undefined : log.positionOf(cursor)
      const follower = new ChangeFollower(log, reader, position, { startsWithState })
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
    const existing = this.#logs.get(key)
    if (existing) return existing
    const log = new ChangeLog(this.#byteBudget, () => {
      if (this.#logs.get(key) === log) this.#logs.delete(key)
    })
    this.#logs.set(key, log)
    return log
  }
}
