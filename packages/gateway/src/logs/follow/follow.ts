/**
 * A follower: the event stream of log lines of one client. It first reads and sends the newest lines, the lines since a
 * time, or the lines after the client's last event. Then it sends the lines of its channel, as they arrive.
 */
import type { Account } from '../../aws/account.ts'
import type { Caller } from '../../http/caller.ts'
import type { EventSink, EventSource, StreamEvent } from '../../http/streams/event-source.ts'
import { type UnavailablePart, unavailableMember } from '../../http/unavailable-parts.ts'
import { BadRequest, Gone, InternalError, Problem } from '../../problems/problem.ts'
import type { AccountLogs } from '../account-logs.ts'
import type { FoundSources, LogTarget } from '../find-sources.ts'
import type { LogSource } from '../log-source.ts'
import type { LogEvent } from '../log-streams.ts'
import { type PageQuery, readMerged, readTimes } from '../page.ts'
import { comparePositions, type Direction, type Position } from '../position.ts'
import { searchFor } from '../search.ts'
import type { Channel, ChannelFollower } from './channel.ts'
import { badCursor, Checkpoint, resumeOverlapMs } from './checkpoint.ts'
import { deletedEvent, streamEventsOfLines } from './events.ts'
import { type Followers, maxFutureMs } from './followers.ts'
import { Outbox } from './outbox.ts'
import { textFormats } from './text.ts'

export interface FollowDeps {
  account: Account
  logs: AccountLogs
  followers: Followers
  caller: Pick<Caller, 'isFencedToClusters'>
  /** Milliseconds since 1970. */
  now: () => number
  onUnexpectedError: (error: unknown) => void
}

/** A client that was disconnected for longer cannot resume and must begin again. */
const maxAwayMs = 24 * 3_600_000
const pageLines = 1_000
/** The number of new lines that may wait while older lines are read. */
const maxBuffered = 20_000

/** The event stream of a service's or a task's lines. */
export function followLogs(target: LogTarget, query: PageQuery, deps: FollowDeps): EventSource {
  return {
    open: async (cursor, reader) => {
      if (query.until !== undefined) throw untilNotAllowed()
      const follower = new Follower({ ...target, task: target.task ?? query.task }, query, deps, reader)
      const first = await follower.begin(cursor)
      return { first, close: () => follower.close() }
    },
    textFormats,
  }
}

function untilNotAllowed(): BadRequest {
  const message = 'does not go with following, which has no end'
  return new BadRequest('InvalidQuery', `?until: ${message}.`, { errors: [{ in: 'query', name: 'until', message }] })
}

/** Lines that were read, and the position where the next lines begin. */
interface Page {
  events: LogEvent[]
  next: Position | undefined
  unavailable: UnavailablePart[]
}

class Follower implements ChannelFollower {
  readonly #target: LogTarget
  readonly #query: PageQuery
  readonly #deps: FollowDeps
  readonly #reader: EventSink
  readonly #outbox: Outbox
  readonly #key: string
  #channel: Channel | undefined
  #checkpoint = new Checkpoint(0)
  #oldestPosition: Position = { time: 0, id: '' }
  /** Times of the lines that were read, by id: the channel may emit them, too. Undefined when it cannot any more. */
  #readLineTimes: Map<string, number> | undefined = new Map()
  /** Lines of the channel that wait while older lines are read. Undefined when the older lines are sent. */
  #buffered: LogEvent[] | undefined = []
  #hasOverflowed = false
  /** When all older lines were read, on the clock of `performance.now()`. */
  #caughtUpAt = Number.POSITIVE_INFINITY
  #isClosed = false

  constructor(target: LogTarget, query: PageQuery, deps: FollowDeps, reader: EventSink) {
    this.#target = target
    this.#query = query
    this.#deps = deps
    this.#reader = reader
    this.#outbox = new Outbox(reader)
    const { cluster, service, task, container } = target
    const { grep, ignoreCase } = query
    this.#key = JSON.stringify([cluster, service, task, container, grep, ignoreCase, deps.caller.isFencedToClusters])
  }

  /** @returns the first event; later events are sent as the client reads them */
  async begin(cursor: string | undefined): Promise<readonly StreamEvent[]> {
    const { followers } = this.#deps
    const checkpoint = this.#checkpointAt(cursor)
    const findSources = (from: number) => this.#findSources(from)
    const found = await findSources(checkpoint?.sentUntil ?? 0)
    this.#channel = followers.channel(this.#key, { findSources, search: searchFor(this.#query) })
    // The follower joins the channel before the first read, so that no line between both is lost.
    this.#buffered = this.#channel.join(this, found.sources)
    try {
      const first = checkpoint
        ? await this.#readFirst(found.sources, checkpoint)
        : await this.#readNewest(found.sources)
      const missing = {
        elsewhere: found.elsewhere,
        incomplete: found.omittedTasks.length > 0,
        ...unavailableMember([...found.unavailable, ...first.unavailable]),
      }
      const events = streamEventsOfLines(first.events, this.#checkpoint, this.#channel.lagMs, missing)
      this.#emit(events.slice(1))
      this.#catchUp(found.sources, first.next).catch((error: unknown) => this.#fail(error))
      return events.slice(0, 1)
    } catch (error) {
      this.close()
      throw error
    }
  }

  close(): void {
    this.#isClosed = true
    this.#channel?.leave(this)
    this.#readLineTimes = undefined
    this.#buffered = undefined
  }

  onLines({ events, lagMs, sharedEvents }: Parameters<ChannelFollower['onLines']>[0]): void {
    if (this.#isClosed) return
    if (this.#buffered) {
      if (this.#buffered.length + events.length > maxBuffered) {
        this.#hasOverflowed = true
        this.#buffered = []
      } else this.#buffered.push(...events)
      return
    }
    if (!this.#readLineTimes) {
      this.#emit(sharedEvents())
      return
    }
    this.#emit(this.#eventsOfUnsent(events, lagMs))
  }

  onProgress(): void {
    if (!this.#readLineTimes || this.#buffered || !this.#channel || this.#channel.emittedAllAt < this.#caughtUpAt)
      return
    // The channel has emitted all lines that this follower read, so both have sent the same lines.
    this.#readLineTimes = undefined
    this.#channel.checkpoint.merge(this.#checkpoint)
  }

  onLag(event: StreamEvent): void {
    if (!this.#isClosed) this.#emit([event])
  }

  onProblem(problem: Problem): void {
    if (!this.#isClosed) this.#reader.sendProblem(problem)
  }

  onGone(): void {
    if (!this.#isClosed) this.#emit([deletedEvent()])
  }

  onEnded(problem: Problem): void {
    if (!this.#isClosed) this.#reader.endWithProblem(problem)
  }

  #emit(events: readonly StreamEvent[]): void {
    this.#outbox.add(events).catch(this.#deps.onUnexpectedError)
  }

  #fail(error: unknown): void {
    if (this.#isClosed) return
    if (!(error instanceof Problem)) this.#deps.onUnexpectedError(error)
    this.#reader.endWithProblem(
      error instanceof Problem ? error : new InternalError('InternalError', 'Reading the lines failed.'),
    )
  }

  #eventsOfUnsent(events: readonly LogEvent[], lagMs: number): StreamEvent[] {
    const unknown = events.filter(({ id }) => !this.#readLineTimes?.has(id))
    for (const { id, time } of unknown) this.#readLineTimes?.set(id, time)
    const unsent = unknown.filter(
      (event) =>
        this.#checkpoint.wasUnsent(event) &&
        event.time >= this.#checkpoint.sentUntil &&
        comparePositions(event, this.#oldestPosition) >= 0,
    )
    return unsent.length === 0 ? [] : streamEventsOfLines(unsent, this.#checkpoint, lagMs)
  }

  /** The checkpoint up to which the client has received lines; undefined when it begins with the newest lines. */
  #checkpointAt(cursor: string | undefined): Checkpoint | undefined {
    const now = this.#deps.now()
    if (cursor !== undefined) {
      const checkpoint = Checkpoint.read(cursor)
      if (checkpoint.sentUntil < now - maxAwayMs) throw tooOld()
      if (checkpoint.sentUntil > now + maxFutureMs) throw badCursor()
      return checkpoint
    }
    const { since } = readTimes(this.#query, now)
    return since === undefined ? undefined : new Checkpoint(Math.max(0, since))
  }

  async #readNewest(sources: readonly LogSource[]): Promise<Page> {
    const { limit } = this.#query
    const page = await this.#read(sources, 'older', { time: this.#deps.now() + maxFutureMs, id: '' }, limit)
    const events = page.events.toReversed()
    const [oldest] = events
    if (oldest && events.length === limit) this.#oldestPosition = { time: oldest.time, id: oldest.id }
    // All earlier lines were read. A client that receives no line now, and reconnects later, does not need them.
    this.#checkpoint = new Checkpoint(Math.max(this.#oldestPosition.time, this.#deps.now() - resumeOverlapMs))
    for (const { id, time } of events) this.#readLineTimes?.set(id, time)
    return { ...page, events, next: undefined }
  }

  async #readFirst(sources: readonly LogSource[], checkpoint: Checkpoint): Promise<Page> {
    this.#checkpoint = checkpoint
    return this.#readUnsent(sources, { time: checkpoint.sentUntil, id: '' })
  }

  /** Reads and sends the lines up to now, then the lines that the channel has emitted meanwhile. */
  async #catchUp(firstSources: readonly LogSource[], readFrom: Position | undefined): Promise<void> {
    let sources = firstSources
    let next = readFrom
    for (;;) {
      this.#hasOverflowed = false
      while (next && !this.#isClosed) {
        const page: Page = await this.#readUnsent(sources, next)
        const events = page.events.length > 0 ? streamEventsOfLines(page.events, this.#checkpoint, this.#lagMs) : []
        await this.#outbox.add(events)
        next = page.next
      }
      this.#caughtUpAt = performance.now()
      while (this.#buffered?.length && !this.#hasOverflowed) {
        const channelLines = this.#buffered.sort(comparePositions)
        this.#buffered = []
        await this.#outbox.add(this.#eventsOfUnsent(channelLines, this.#lagMs))
      }
      if (this.#isClosed || !this.#hasOverflowed) break
      // Begins again after the last line that was sent, like a client that resumes.
      this.#checkpoint = Checkpoint.read(String(this.#checkpoint))
      next = { time: this.#checkpoint.sentUntil, id: '' }
      sources = (await this.#findSources(next.time)).sources
    }
    this.#buffered = undefined
  }

  /** Reads the next lines that were not sent yet. */
  async #readUnsent(sources: readonly LogSource[], start: Position): Promise<Page> {
    const page = await this.#read(sources, 'newer', start, pageLines)
    const events: LogEvent[] = []
    for (const event of page.events) {
      // Called for every line, because each call counts a line.
      if (this.#checkpoint.wasUnsent(event) && !this.#readLineTimes?.has(event.id)) events.push(event)
      this.#readLineTimes?.set(event.id, event.time)
    }
    this.#forgetOld()
    return { ...page, events }
  }

  get #lagMs(): number {
    return this.#channel?.lagMs ?? 0
  }

  /** Forgets lines that are too old for the channel to emit. */
  #forgetOld(): void {
    const before = this.#deps.now() - 4 * resumeOverlapMs
    for (const [id, time] of this.#readLineTimes ?? []) if (time < before) this.#readLineTimes?.delete(id)
  }

  #findSources(from: number): Promise<FoundSources> {
    return this.#deps.followers.findSources(this.#deps.caller, this.#target, from)
  }

  #read(sources: readonly LogSource[], direction: Direction, start: Position, limit: number): Promise<Page> {
    const { logs, followers, now } = this.#deps
    const oldest = Math.min(...sources.map(({ createdAt }) => createdAt)) - resumeOverlapMs
    const lastMs = direction === 'newer' ? now() + maxFutureMs : Math.max(0, oldest)
    const key = JSON.stringify([this.#key, direction, direction === 'newer' ? start : 'newest', limit])
    return followers.share(`lines ${key}`, async () => {
      const reading = { direction, start, lastMs, limit, search: searchFor(this.#query), windowMs: 0 }
      const { events, next, unavailable } = await readMerged(sources, reading, logs)
      return { events, next: next?.position, unavailable }
    })
  }
}

function tooOld(): Gone {
  return new Gone('CursorTooOld', 'The last event is more than 24 hours old.', {
    next: 'Open the stream without it, or with ?since.',
  })
}
