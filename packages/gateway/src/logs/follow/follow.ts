/**
 * A follower: a client with an event stream of lines. It first gets the newest lines, the lines since a time, or those
 * after its last event, which are read for it; then the lines of its channel, as they arrive.
 */
import type { Account } from '../../aws/account.ts'
import type { Caller } from '../../http/caller.ts'
import type { EventSource, StreamEvent, StreamReader } from '../../http/streams/event-source.ts'
import { type UnavailablePart, unavailableMember } from '../../http/unavailable-parts.ts'
import { BadRequest, Gone, InternalError, Problem } from '../../problems/problem.ts'
import type { AccountLogs } from '../account-logs.ts'
import type { FoundSources, Target } from '../find-sources.ts'
import type { LogSource } from '../log-source.ts'
import type { LogEvent } from '../log-streams.ts'
import { type PageQuery, readMerged, readTimes } from '../page.ts'
import { comparePositions, type Direction, type Position } from '../position.ts'
import { searchFor } from '../search.ts'
import type { Channel, ChannelFollower } from './channel.ts'
import { goneEvent, linesEvents } from './events.ts'
import { type Followers, futureMs } from './followers.ts'
import { badCursor, Marks, overlapMs } from './marks.ts'
import { Outbox } from './outbox.ts'
import { textOf } from './text.ts'

export interface FollowDeps {
  account: Account
  logs: AccountLogs
  followers: Followers
  caller: Pick<Caller, 'isFencedToClusters'>
  /** Milliseconds since 1970. */
  now: () => number
  onUnexpectedError: (error: unknown) => void
}

/** A follower that was away for longer begins anew. */
const maxAwayMs = 24 * 3_600_000
const pageLines = 1_000
/** Lines that may arrive while older ones are read for the follower. */
const maxBuffered = 20_000

/** The event stream of a service's or a task's lines. */
export function followLogs(target: Target, query: PageQuery, deps: FollowDeps): EventSource {
  return {
    open: async (cursor, reader) => {
      if (query.until !== undefined) throw untilOfStream()
      const follower = new Follower({ ...target, task: target.task ?? query.task }, query, deps, reader)
      const first = await follower.begin(cursor)
      return { first, close: () => follower.close() }
    },
    textOf,
  }
}

function untilOfStream(): BadRequest {
  const message = 'does not go with following, which has no end'
  return new BadRequest('InvalidQuery', `?until: ${message}.`, { errors: [{ in: 'query', name: 'until', message }] })
}

/** Lines that were read, and where the next ones begin. */
interface Page {
  events: LogEvent[]
  next: Position | undefined
  unavailable: UnavailablePart[]
}

class Follower implements ChannelFollower {
  readonly #target: Target
  readonly #query: PageQuery
  readonly #deps: FollowDeps
  readonly #reader: StreamReader
  readonly #outbox: Outbox
  readonly #key: string
  #channel: Channel | undefined
  #marks = new Marks(0)
  #floor: Position = { time: 0, id: '' }
  /** Lines that were read, by id: the channel may bring them, too. Undefined once it cannot any more. */
  #known: Map<string, number> | undefined = new Map()
  /** Lines of the channel while older ones are read. Undefined when that is over. */
  #buffered: LogEvent[] | undefined = []
  #hasOverflowed = false
  /** When everything was read, on the clock of `performance.now()`. */
  #caughtUpAt = Number.POSITIVE_INFINITY
  #isClosed = false

  constructor(target: Target, query: PageQuery, deps: FollowDeps, reader: StreamReader) {
    this.#target = target
    this.#query = query
    this.#deps = deps
    this.#reader = reader
    this.#outbox = new Outbox(reader)
    const { cluster, service, task, container } = target
    this.#key = JSON.stringify([cluster, service, task, container, query.grep, deps.caller.isFencedToClusters])
  }

  /** @returns the first event; those after it are sent as the client reads them */
  async begin(cursor: string | undefined): Promise<readonly StreamEvent[]> {
    const { followers } = this.#deps
    const marks = this.#marksAt(cursor)
    const findSources = (from: number) => this.#findSources(from)
    const found = await findSources(marks?.base ?? 0)
    this.#channel = followers.channel(this.#key, { findSources, search: searchFor(this.#query.grep) })
    // The channel's lines are kept from before the first read, so that there is no gap between them.
    this.#buffered = this.#channel.join(this, found.sources)
    try {
      const first = marks ? await this.#readFirst(found.sources, marks) : await this.#readNewest(found.sources)
      const missing = {
        elsewhere: found.elsewhere,
        incomplete: found.leftOut.length > 0,
        ...unavailableMember([...found.unavailable, ...first.unavailable]),
      }
      const events = linesEvents(first.events, this.#marks, this.#channel.lagMs, missing)
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
    this.#known = undefined
    this.#buffered = undefined
  }

  onLines({ events, lagMs, shared }: Parameters<ChannelFollower['onLines']>[0]): void {
    if (this.#isClosed) return
    if (this.#buffered) {
      if (this.#buffered.length + events.length > maxBuffered) {
        this.#hasOverflowed = true
        this.#buffered = []
      } else this.#buffered.push(...events)
      return
    }
    if (!this.#known) {
      this.#emit(shared())
      return
    }
    this.#emit(this.#eventsOfLacking(events, lagMs))
  }

  onSettled(): void {
    if (!this.#known || this.#buffered || !this.#channel || this.#channel.settledAt < this.#caughtUpAt) return
    // The channel has brought all lines that were read for this follower, so both have got the same.
    this.#known = undefined
    this.#channel.marks.merge(this.#marks)
  }

  onLag(event: StreamEvent): void {
    if (!this.#isClosed) this.#emit([event])
  }

  onProblem(problem: Problem): void {
    if (!this.#isClosed) this.#reader.problem(problem)
  }

  onGone(): void {
    if (!this.#isClosed) this.#emit([goneEvent()])
  }

  onCut(problem: Problem): void {
    if (!this.#isClosed) this.#reader.abort(problem)
  }

  #emit(events: readonly StreamEvent[]): void {
    this.#outbox.add(events).catch(this.#deps.onUnexpectedError)
  }

  #fail(error: unknown): void {
    if (this.#isClosed) return
    if (!(error instanceof Problem)) this.#deps.onUnexpectedError(error)
    this.#reader.abort(
      error instanceof Problem ? error : new InternalError('InternalError', 'Reading the lines failed.'),
    )
  }

  #eventsOfLacking(events: readonly LogEvent[], lagMs: number): StreamEvent[] {
    const unknown = events.filter(({ id }) => !this.#known?.has(id))
    for (const { id, time } of unknown) this.#known?.set(id, time)
    const lacking = unknown.filter(
      (event) =>
        this.#marks.isNew(event) && event.time >= this.#marks.base && comparePositions(event, this.#floor) >= 0,
    )
    return lacking.length === 0 ? [] : linesEvents(lacking, this.#marks, lagMs)
  }

  /** The lines that the client has got; undefined where it begins with the newest ones. */
  #marksAt(cursor: string | undefined): Marks | undefined {
    const now = this.#deps.now()
    if (cursor !== undefined) {
      const marks = Marks.read(cursor)
      if (marks.base < now - maxAwayMs) throw tooOld()
      if (marks.base > now + futureMs) throw badCursor()
      return marks
    }
    const { since } = readTimes(this.#query, now)
    return since === undefined ? undefined : new Marks(Math.max(0, since))
  }

  async #readNewest(sources: readonly LogSource[]): Promise<Page> {
    const { limit } = this.#query
    const page = await this.#read(sources, 'older', { time: this.#deps.now() + futureMs, id: '' }, limit)
    const events = page.events.toReversed()
    const [oldest] = events
    if (oldest && events.length === limit) this.#floor = { time: oldest.time, id: oldest.id }
    // All lines so far were read, so a client that gets none and comes back later needs none of them.
    this.#marks = new Marks(Math.max(this.#floor.time, this.#deps.now() - overlapMs))
    for (const { id, time } of events) this.#known?.set(id, time)
    return { ...page, events, next: undefined }
  }

  async #readFirst(sources: readonly LogSource[], marks: Marks): Promise<Page> {
    this.#marks = marks
    return this.#readLacking(sources, { time: marks.base, id: '' })
  }

  /** Reads and sends the lines up to now, then those that the channel has brought meanwhile. */
  async #catchUp(found: readonly LogSource[], readFrom: Position | undefined): Promise<void> {
    let sources = found
    let next = readFrom
    for (;;) {
      this.#hasOverflowed = false
      while (next && !this.#isClosed) {
        const page: Page = await this.#readLacking(sources, next)
        const events = page.events.length > 0 ? linesEvents(page.events, this.#marks, this.#lagMs) : []
        await this.#outbox.add(events)
        next = page.next
      }
      this.#caughtUpAt = performance.now()
      while (this.#buffered?.length && !this.#hasOverflowed) {
        const some = this.#buffered.sort(comparePositions)
        this.#buffered = []
        await this.#outbox.add(this.#eventsOfLacking(some, this.#lagMs))
      }
      if (this.#isClosed || !this.#hasOverflowed) break
      // Begins again after the last line that was sent, as a client that resumes does.
      this.#marks = Marks.read(String(this.#marks))
      next = { time: this.#marks.base, id: '' }
      sources = (await this.#findSources(next.time)).sources
    }
    this.#buffered = undefined
  }

  /** The next lines that the follower has not got. */
  async #readLacking(sources: readonly LogSource[], start: Position): Promise<Page> {
    const page = await this.#read(sources, 'newer', start, pageLines)
    const events: LogEvent[] = []
    for (const event of page.events) {
      // `isNew` counts, so it is asked about every line.
      if (this.#marks.isNew(event) && !this.#known?.has(event.id)) events.push(event)
      this.#known?.set(event.id, event.time)
    }
    this.#forgetOld()
    return { ...page, events }
  }

  get #lagMs(): number {
    return this.#channel?.lagMs ?? 0
  }

  /** Lines that are this old are not brought by the channel. */
  #forgetOld(): void {
    const before = this.#deps.now() - 4 * overlapMs
    for (const [id, time] of this.#known ?? []) if (time < before) this.#known?.delete(id)
  }

  #findSources(from: number): Promise<FoundSources> {
    return this.#deps.followers.findSources(this.#deps.caller, this.#target, from)
  }

  #read(sources: readonly LogSource[], direction: Direction, start: Position, limit: number): Promise<Page> {
    const { logs, followers, now } = this.#deps
    const oldest = Math.min(...sources.map(({ createdAt }) => createdAt)) - overlapMs
    const bound = direction === 'newer' ? now() + futureMs : Math.max(0, oldest)
    const key = JSON.stringify([this.#key, direction, direction === 'newer' ? start : 'newest', limit])
    return followers.share(`lines ${key}`, async () => {
      const reading = { direction, start, bound, limit, search: searchFor(this.#query.grep), windowMs: 0 }
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
