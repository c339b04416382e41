/**
 * Polls one log group for new lines, for all followers together. A call reads up to a hundred streams.
 *
 * Each poll also reads the last seconds again, the overlap, because lines arrive late and out of order: containers send
 * lines every few seconds, at different times. A line is emitted when its id is new. Some polls read a longer overlap.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { withCallContext } from '../../aws/calls/priority.ts'
import { Problem } from '../../problems/problem.ts'
import { batchesOf, type LogSource, maxStreamsPerRequest, type SourceBatch } from '../log-source.ts'
import type { LogEvent, LogStreams, NextPage } from '../log-streams.ts'
import { comparePositions } from '../position.ts'
import { resumeOverlapMs } from './checkpoint.ts'

/** Receives the new lines of a group. */
export interface TailListener {
  /** Called with the new lines of all followed streams, also of those that this listener does not follow. */
  onPolled: (tail: Tail, poll: Poll) => void
  onProblem: (problem: Problem) => void
}

export interface Poll {
  /** On the clock of `performance.now()`. */
  startedAt: number
  /** The time from the start of the poll before to the start of this one, and at least `intervalMs`. */
  lagMs: number
  /** The poll read the longer overlap to its end, so it missed no line that existed when it began. */
  isExhaustive: boolean
  events: readonly LogEvent[]
}

export interface TailDeps {
  region: string
  group: string
  streams: LogStreams
  /** Milliseconds between polls. */
  intervalMs: () => number
  onUnexpectedError: (error: unknown) => void
}

interface FollowedStream {
  source: LogSource
  listeners: Set<TailListener>
  /** The next poll reads the stream from this moment on; undefined when that is done. */
  readFrom: number | undefined
}

/** The awslogs driver sends the lines of a container every five seconds. */
const shortOverlapMs = 10_000
const longOverlapEveryMs = 15_000
const maxBackoffMs = 15_000
/** A single failed poll is not reported. */
const failuresToReport = 3
/** Longer than followers share a read, and longer than the time between searches for new tasks. */
const keepRecentMs = 30_000
/** The pages that a poll reads of a batch of streams. The next poll reads the rest. */
const maxPagesPerBatch = 10

export class Tail {
  readonly #deps: TailDeps
  /** By stream. */
  readonly #followed = new Map<string, FollowedStream>()
  /** The times of emitted lines, by id. */
  readonly #emittedTimes = new Map<string, number>()
  /** The time of the newest line, but not in the future. Polls read from shortly before this time on. */
  #newestTime: number
  #lastLongOverlapAt = Number.NEGATIVE_INFINITY
  #polledAt = performance.now()
  /** Lines of the last polls, for listeners that join. */
  #recent: { at: number; events: readonly LogEvent[] }[] = []
  #failures = 0
  #isPolling = false
  #callsOfLastPoll = 0
  readonly #closing = new AbortController()

  constructor(deps: TailDeps) {
    this.#deps = deps
    this.#newestTime = Date.now() - resumeOverlapMs
  }

  /** The calls of one poll: one for a hundred streams, and one for each further page. */
  get callsPerPoll(): number {
    return Math.max(Math.ceil(this.#followed.size / maxStreamsPerRequest), this.#callsOfLastPoll)
  }

  get isIdle(): boolean {
    return this.#followed.size === 0
  }

  /** @param readFrom the moment from which a new stream is read; undefined to read only new lines */
  follow(source: LogSource, listener: TailListener, readFrom: number | undefined): void {
    const known = this.#followed.get(source.stream)
    if (known) known.listeners.add(listener)
    else this.#followed.set(source.stream, { source, listeners: new Set([listener]), readFrom })
    this.#run()
  }

  /** The lines of the stream that the last polls have emitted. */
  recentOf({ stream }: LogSource): LogEvent[] {
    return this.#recent.flatMap(({ events }) => events.filter(({ source }) => source.stream === stream))
  }

  unfollow({ stream }: LogSource, listener: TailListener): void {
    const followed = this.#followed.get(stream)
    followed?.listeners.delete(listener)
    if (followed?.listeners.size === 0) this.#followed.delete(stream)
  }

  close(): void {
    this.#closing.abort()
    this.#followed.clear()
  }

  #run(): void {
    if (this.#isPolling || this.#closing.signal.aborted) return
    this.#isPolling = true
    this.#pollRepeatedly()
      .catch(this.#deps.onUnexpectedError)
      .finally(() => {
        this.#isPolling = false
        if (!this.isIdle) this.#run()
      })
  }

  async #pollRepeatedly(): Promise<void> {
    const { signal } = this.#closing
    while (!this.isIdle && !signal.aborted) {
      const startedAt = performance.now()
      await withCallContext({ priority: 'background', caller: `following ${this.#deps.group}` }, () => this.#poll())
      const backoffMs = this.#failures > 0 ? Math.min(maxBackoffMs, 1000 * 2 ** (this.#failures - 1)) : 0
      const waitMs = Math.max(startedAt + this.#deps.intervalMs() - performance.now(), backoffMs, 0)
      // An aborted pause ends the loop.
      await pause(waitMs, undefined, { signal, ref: false }).catch(() => {})
    }
  }

  async #poll(): Promise<void> {
    const startedAt = performance.now()
    this.#callsOfLastPoll = 0
    try {
      const isLong = startedAt - this.#lastLongOverlapAt > longOverlapEveryMs
      const { events, isComplete } = await this.#readNew(isLong ? resumeOverlapMs : shortOverlapMs)
      if (isLong) this.#lastLongOverlapAt = startedAt
      this.#failures = 0
      const lagMs = Math.max(this.#deps.intervalMs(), startedAt - this.#polledAt)
      this.#polledAt = startedAt
      this.#recent = this.#recent.filter(({ at }) => at > startedAt - keepRecentMs)
      if (events.length > 0) this.#recent.push({ at: performance.now(), events })
      // Listeners that joined during the poll get the lines too, because their own reads may lack them.
      for (const listener of this.#listeners())
        listener.onPolled(this, { startedAt, lagMs, isExhaustive: isLong && isComplete, events })
    } catch (error) {
      this.#failures++
      if (!(error instanceof Problem)) this.#deps.onUnexpectedError(error)
      else if (this.#failures === failuresToReport) for (const listener of this.#listeners()) listener.onProblem(error)
    }
  }

  #listeners(): Set<TailListener> {
    return new Set([...this.#followed.values()].flatMap(({ listeners }) => [...listeners]))
  }

  async #readNew(overlapLengthMs: number): Promise<{ events: LogEvent[]; isComplete: boolean }> {
    const from = this.#newestTime - overlapLengthMs
    const found: LogEvent[] = []
    const all = [...this.#followed.values()]
    const now = Date.now()
    let readUpTo = Number.POSITIVE_INFINITY
    try {
      for (const batch of batchesOf(all.map(({ source }) => source)))
        readUpTo = Math.min(readUpTo, await this.#readInto(found, batch, from))
      const newStreams = all.filter(({ readFrom }) => readFrom !== undefined)
      await this.#readBeginnings(found, newStreams, from)
    } catch (error) {
      // These lines were not emitted, so they must be new to the next poll.
      for (const { id } of found) this.#emittedTimes.delete(id)
      throw error
    }
    this.#newestTime = Math.min(
      found.reduce((newest, { time }) => Math.max(newest, time), this.#newestTime),
      readUpTo,
      now,
    )
    for (const [id, time] of this.#emittedTimes)
      if (time < this.#newestTime - 2 * resumeOverlapMs) this.#emittedTimes.delete(id)
    return { events: found.sort(comparePositions), isComplete: readUpTo === Number.POSITIVE_INFINITY }
  }

  /** Reads each new stream from its beginning, if the poll has only read it from a later moment on. */
  async #readBeginnings(found: LogEvent[], newStreams: readonly FollowedStream[], pollFrom: number): Promise<void> {
    const earlier = newStreams.filter(({ readFrom = pollFrom }) => readFrom < pollFrom)
    const readUpTo = new Map<string, number>()
    for (const batch of batchesOf(earlier.map(({ source }) => source))) {
      const inBatch = earlier.filter(({ source }) => batch.sources.has(source.stream))
      const from = Math.min(...inBatch.map(({ readFrom = pollFrom }) => readFrom))
      const readTo = await this.#readInto(found, batch, from)
      for (const stream of batch.sources.keys()) readUpTo.set(stream, readTo)
    }
    for (const each of newStreams) {
      const readTo = readUpTo.get(each.source.stream) ?? Number.POSITIVE_INFINITY
      each.readFrom = Number.isFinite(readTo) ? readTo : undefined
    }
  }

  /** Adds the lines that are new to `found`. @returns the time up to which the batch was read; infinity at its end */
  async #readInto(found: LogEvent[], batch: SourceBatch, from: number): Promise<number> {
    let next: NextPage | undefined
    let pages = 0
    let last = from
    const before = found.length
    do {
      this.#callsOfLastPoll++
      const page: Awaited<ReturnType<LogStreams['filter']>> = await this.#deps.streams.filter(batch, {
        from: Math.max(0, from),
        page: next,
      })
      for (const event of page.events) {
        last = event.time
        if (this.#emittedTimes.has(event.id)) continue
        this.#emittedTimes.set(event.id, event.time)
        found.push(event)
      }
      next = page.next
    } while (next !== undefined && (++pages < maxPagesPerBatch || found.length === before))
    return next === undefined ? Number.POSITIVE_INFINITY : last
  }
}
