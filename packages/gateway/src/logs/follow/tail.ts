/**
 * Polls one log group for the lines of up to a hundred streams a call, for all followers together.
 *
 * Each poll reads an overlap again, because lines arrive late and out of order: containers send theirs every few
 * seconds, each at its own time. A line is emitted when its id was not seen before. From time to time a poll reads a
 * longer overlap.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { withCallContext } from '../../aws/calls/priority.ts'
import { Problem } from '../../problems/problem.ts'
import { batchesOf, type LogSource, maxSources, type SourceBatch } from '../log-source.ts'
import type { LogEvent, LogStreams } from '../log-streams.ts'
import { comparePositions } from '../position.ts'
import { overlapMs } from './marks.ts'

/** Receives the new lines of a group. */
export interface TailListener {
  onPolled: (tail: Tail, poll: Poll) => void
  onProblem: (problem: Problem) => void
}

export interface Poll {
  /** On the clock of `performance.now()`. */
  startedAt: number
  lagMs: number
  /** No line that was there when it began will be emitted later: it read the longer overlap to its end. */
  isWhole: boolean
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

interface Followed {
  source: LogSource
  listeners: Set<TailListener>
  /** The stream is read from this moment on, once; undefined when that is done. */
  readFrom: number | undefined
}

/** The awslogs driver sends the lines of a container every five seconds. */
const shortOverlapMs = 10_000
const longOverlapEveryMs = 15_000
const maxBackoffMs = 15_000
/** A single failed poll is not reported. */
const failuresToReport = 3
/** Longer than followers share what was read for the first of them, and than the time between looks for new tasks. */
const recentMs = 30_000
/** Pages of one call's streams in a poll; the next poll reads the rest. */
const maxPages = 10

export class Tail {
  readonly #deps: TailDeps
  /** By stream. */
  readonly #followed = new Map<string, Followed>()
  /** The times of the ids that were emitted. */
  readonly #seen = new Map<string, number>()
  /** The time of the newest line, at most the present; lines long before it are not read again. */
  #newest: number
  #longOverlapAt = Number.NEGATIVE_INFINITY
  #polledAt = performance.now()
  /** Lines that were emitted a moment ago, for listeners that join. */
  #recent: { at: number; events: readonly LogEvent[] }[] = []
  #failures = 0
  #isPolling = false
  /** Of the last poll. */
  #calls = 0
  readonly #closing = new AbortController()

  constructor(deps: TailDeps) {
    this.#deps = deps
    this.#newest = Date.now() - overlapMs
  }

  /** The calls of one poll: one for a hundred streams, and one for each further page. */
  get callsOfPoll(): number {
    return Math.max(Math.ceil(this.#followed.size / maxSources), this.#calls)
  }

  get isIdle(): boolean {
    return this.#followed.size === 0
  }

  /** @param readFrom the first moment of a stream that has just begun; without it, only new lines are read */
  follow(source: LogSource, listener: TailListener, readFrom: number | undefined): void {
    const known = this.#followed.get(source.stream)
    if (known) known.listeners.add(listener)
    else this.#followed.set(source.stream, { source, listeners: new Set([listener]), readFrom })
    this.#run()
  }

  /** The lines of the stream that were emitted a moment ago. */
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
    this.#pollOn()
      .catch(this.#deps.onUnexpectedError)
      .finally(() => {
        this.#isPolling = false
        if (!this.isIdle) this.#run()
      })
  }

  async #pollOn(): Promise<void> {
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
    this.#calls = 0
    try {
      const isLong = startedAt - this.#longOverlapAt > longOverlapEveryMs
      const { events, isComplete } = await this.#readNew(isLong ? overlapMs : shortOverlapMs)
      if (isLong) this.#longOverlapAt = startedAt
      this.#failures = 0
      const lagMs = Math.max(this.#deps.intervalMs(), startedAt - this.#polledAt)
      this.#polledAt = startedAt
      this.#recent = this.#recent.filter(({ at }) => at > startedAt - recentMs)
      if (events.length > 0) this.#recent.push({ at: performance.now(), events })
      // Also to those that joined during the poll: what they read themselves may not have these lines.
      for (const listener of this.#listeners())
        listener.onPolled(this, { startedAt, lagMs, isWhole: isLong && isComplete, events })
    } catch (error) {
      this.#failures++
      if (!(error instanceof Problem)) this.#deps.onUnexpectedError(error)
      else if (this.#failures === failuresToReport) for (const listener of this.#listeners()) listener.onProblem(error)
    }
  }

  #listeners(): Set<TailListener> {
    return new Set([...this.#followed.values()].flatMap(({ listeners }) => [...listeners]))
  }

  async #readNew(overlap: number): Promise<{ events: LogEvent[]; isComplete: boolean }> {
    const from = this.#newest - overlap
    const found: LogEvent[] = []
    const all = [...this.#followed.values()]
    const now = Date.now()
    let complete = Number.POSITIVE_INFINITY
    try {
      for (const batch of batchesOf(all.map(({ source }) => source)))
        complete = Math.min(complete, await this.#readInto(found, batch, from))
      const begun = all.filter(({ readFrom }) => readFrom !== undefined)
      await this.#readBeginnings(found, begun, from)
    } catch (error) {
      // They were not emitted, so the next poll must find them new.
      for (const { id } of found) this.#seen.delete(id)
      throw error
    }
    this.#newest = Math.min(
      found.reduce((newest, { time }) => Math.max(newest, time), this.#newest),
      complete,
      now,
    )
    for (const [id, time] of this.#seen) if (time < this.#newest - 2 * overlapMs) this.#seen.delete(id)
    return { events: found.sort(comparePositions), isComplete: complete === Number.POSITIVE_INFINITY }
  }

  /** Reads the streams that have just begun from their beginning on, where the poll reads from a later moment on. */
  async #readBeginnings(found: LogEvent[], begun: readonly Followed[], pollFrom: number): Promise<void> {
    const earlier = begun.filter(({ readFrom = pollFrom }) => readFrom < pollFrom)
    const reached = new Map<string, number>()
    for (const batch of batchesOf(earlier.map(({ source }) => source))) {
      const inBatch = earlier.filter(({ source }) => batch.sources.has(source.stream))
      const from = Math.min(...inBatch.map(({ readFrom = pollFrom }) => readFrom))
      const to = await this.#readInto(found, batch, from)
      for (const stream of batch.sources.keys()) reached.set(stream, to)
    }
    for (const each of begun) {
      const to = reached.get(each.source.stream) ?? Number.POSITIVE_INFINITY
      each.readFrom = Number.isFinite(to) ? to : undefined
    }
  }

  /** @returns the time up to which the batch was read; infinity where nothing is left */
  async #readInto(found: LogEvent[], batch: SourceBatch, from: number): Promise<number> {
    let nextToken: string | undefined
    let pages = 0
    let last = from
    const before = found.length
    do {
      this.#calls++
      const page: Awaited<ReturnType<LogStreams['filter']>> = await this.#deps.streams.filter(batch, {
        from: Math.max(0, from),
        nextToken,
      })
      for (const event of page.events) {
        last = event.time
        if (this.#seen.has(event.id)) continue
        this.#seen.set(event.id, event.time)
        found.push(event)
      }
      nextToken = page.nextToken
    } while (nextToken !== undefined && (++pages < maxPages || found.length === before))
    return nextToken === undefined ? Number.POSITIVE_INFINITY : last
  }
}
