/**
 * The lines of one service or task under one filter. All followers with the same service or task and filter share a
 * channel, which finds the streams, filters the lines and serialises the events once for all.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { withCallContext } from '../../aws/calls/priority.ts'
import type { StreamEvent } from '../../http/streams/event-source.ts'
import { NotFound, Problem } from '../../problems/problem.ts'
import type { FoundSources } from '../find-sources.ts'
import type { LogSource } from '../log-source.ts'
import type { LogEvent } from '../log-streams.ts'
import type { Search } from '../search.ts'
import { Checkpoint, resumeOverlapMs } from './checkpoint.ts'
import { lagEvent, streamEventsOfLines } from './events.ts'
import type { Poll, Tail, TailListener } from './tail.ts'

/** A client's event stream of lines, as its channel calls it. */
export interface ChannelFollower {
  onLines: (lines: { events: readonly LogEvent[]; lagMs: number; sharedEvents: () => readonly StreamEvent[] }) => void
  /** Called when `emittedAllAt` may have changed. */
  onProgress: () => void
  onLag: (event: StreamEvent) => void
  onProblem: (problem: Problem) => void
  /** Called when the service or task does not exist any more. */
  onGone: () => void
  onEnded: (problem: Problem) => void
}

export interface ChannelDeps {
  search: Search
  /** Finds the streams that can have lines from this moment on. */
  findSources: (from: number) => Promise<Pick<FoundSources, 'sources'>>
  tailOf: (source: LogSource) => Tail
  /** Milliseconds between polls. */
  intervalMs: () => number
  /** Milliseconds between searches for new tasks. */
  refreshIntervalMs: () => number
  onIdle: () => void
  onUnexpectedError: (error: unknown) => void
}

/** A stopped task is followed for this long, because its lines may arrive late. */
const followAfterStopMs = 90_000
/** A deleted service is followed for this long, because the awslogs driver sends lines only every five seconds. */
const followAfterDeletionMs = 7_000
/** A stream of a younger task is read from its beginning. */
const readFromStartMs = 2 * resumeOverlapMs
/** A lag is reported when it has changed by this much. */
const lagStepMs = 2_000
const failuresToReport = 3

interface FollowedSource {
  source: LogSource
  tail: Tail
  /**
   * The last search did not find the stream. When the next one does not either, the stream is not followed any more:
   * ECS’s lists may lack a task for a moment.
   */
  isMissing: boolean
}

export class Channel implements TailListener {
  readonly #deps: ChannelDeps
  readonly #followers = new Set<ChannelFollower>()
  /** By region, group and stream. */
  readonly #sources = new Map<string, FollowedSource>()
  /** When the streams were last found, in milliseconds since 1970. */
  #refreshedAt = Date.now()
  /** When the last exhaustive poll of each tail began. */
  readonly #polledAt = new Map<Tail, number>()
  readonly checkpoint = new Checkpoint(Date.now() - resumeOverlapMs)
  #reportedLagMs: number | undefined
  #closing: AbortController | undefined

  constructor(deps: ChannelDeps) {
    this.#deps = deps
  }

  get isClosed(): boolean {
    return this.#closing?.signal.aborted ?? false
  }

  /** How long a line may take to reach the followers, because of the time between polls. */
  get lagMs(): number {
    return this.#reportedLagMs ?? this.#deps.intervalMs()
  }

  /** Every line that CloudWatch Logs had at this moment has been emitted. On the clock of `performance.now()`. */
  get emittedAllAt(): number {
    const tails = new Set([...this.#sources.values()].map(({ tail }) => tail))
    return Math.min(...[...tails].map((tail) => this.#polledAt.get(tail) ?? Number.NEGATIVE_INFINITY))
  }

  /**
   * @param sources the streams that the follower has found; the follower itself reads their earlier lines
   * @returns lines that the channel has just emitted and the follower may have missed
   */
  join(follower: ChannelFollower, sources: readonly LogSource[]): LogEvent[] {
    this.#addAll(sources)
    this.#followers.add(follower)
    if (!this.#closing) {
      this.#closing = new AbortController()
      this.#refreshRegularly(this.#closing.signal).catch(this.#deps.onUnexpectedError)
    }
    return [...this.#sources.values()].flatMap((each) => this.#recentOf(each))
  }

  leave(follower: ChannelFollower): void {
    this.#followers.delete(follower)
    if (this.#followers.size === 0) this.close()
  }

  close(): void {
    this.#closing ??= new AbortController()
    if (this.#closing.signal.aborted) return
    this.#closing.abort()
    for (const { source, tail } of this.#sources.values()) tail.unfollow(source, this)
    this.#sources.clear()
    this.#deps.onIdle()
  }

  abort(problem: Problem): void {
    for (const follower of [...this.#followers]) follower.onEnded(problem)
    this.close()
  }

  onPolled(tail: Tail, { startedAt, lagMs, isExhaustive, events }: Poll): void {
    if (Math.abs(lagMs - this.lagMs) >= lagStepMs) {
      const event = lagEvent(lagMs)
      for (const follower of this.#followers) follower.onLag(event)
      this.#reportedLagMs = lagMs
    }
    this.#emit(
      events.filter((event) => this.#has(event.source) && this.#deps.search.isMatch(event.message)),
      lagMs,
    )
    if (!isExhaustive) return
    this.#polledAt.set(tail, startedAt)
    for (const follower of this.#followers) follower.onProgress()
  }

  onProblem(problem: Problem): void {
    for (const follower of this.#followers) follower.onProblem(problem)
  }

  #emit(events: readonly LogEvent[], lagMs: number): void {
    if (events.length === 0) return
    // Made even if no follower uses these events, because making them moves the checkpoint forward.
    const sharedEvents = streamEventsOfLines(events, this.checkpoint, lagMs)
    for (const follower of [...this.#followers]) follower.onLines({ events, lagMs, sharedEvents: () => sharedEvents })
  }

  /** Searches for new tasks until the last follower has left. */
  async #refreshRegularly(signal: AbortSignal): Promise<void> {
    let failures = 0
    let goneSince: number | undefined
    while (!signal.aborted) {
      await pause(this.#deps.refreshIntervalMs() * (1 + Math.min(failures, 2)), undefined, {
        signal,
        ref: false,
      }).catch(() => {})
      if (signal.aborted) return
      try {
        await withCallContext({ priority: 'background', caller: 'following logs' }, () => this.#refresh())
        failures = 0
        goneSince = undefined
      } catch (error) {
        if (!(error instanceof Problem)) throw error
        if (isGone(error)) {
          goneSince ??= performance.now()
          if (performance.now() - goneSince < followAfterDeletionMs) continue
          for (const follower of [...this.#followers]) follower.onGone()
          return
        }
        if (++failures === failuresToReport) this.onProblem(error)
      }
    }
  }

  async #refresh(): Promise<void> {
    const searchedAt = Date.now()
    const { sources } = await this.#deps.findSources(searchedAt - followAfterStopMs)
    if (this.isClosed) return
    const added = this.#addAll(sources)
    this.#refreshedAt = searchedAt
    // Another channel may already follow the added streams, so their tails may have emitted lines.
    this.#emit(
      added.flatMap((each) => this.#recentOf(each)),
      this.lagMs,
    )
    const found = new Map(sources.map((source) => [keyOf(source), source]))
    for (const [key, each] of this.#sources) {
      const now = found.get(key)
      const isOver = now ? !isLive(now) : each.isMissing
      each.isMissing = !now
      if (!isOver) continue
      each.tail.unfollow(each.source, this)
      this.#sources.delete(key)
    }
  }

  /** @returns the sources that are new to the channel */
  #addAll(sources: readonly LogSource[]) {
    return sources.flatMap((source) => {
      const key = keyOf(source)
      if (!isLive(source) || this.#sources.has(key)) return []
      const tail = this.#deps.tailOf(source)
      const each = { source, tail, isMissing: false }
      this.#sources.set(key, each)
      tail.follow(source, this, this.#firstMoment(source))
      return [each]
    })
  }

  /** The moment from which a stream that is new to the channel is read; undefined to read only new lines. */
  #firstMoment({ createdAt }: LogSource): number | undefined {
    // The clock of the container’s host may be behind that of ECS, and ECS’s lists show a task late.
    if (this.#followers.size === 0)
      return createdAt > Date.now() - readFromStartMs ? createdAt - resumeOverlapMs : undefined
    // Followers get all lines since the last search from the channel. The stream need not be young: when more than a
    // hundred match, an older one is added when another ends.
    return Math.max(createdAt, this.#refreshedAt) - resumeOverlapMs
  }

  #recentOf({ source, tail }: { source: LogSource; tail: Tail }): LogEvent[] {
    return tail.recentOf(source).filter(({ message }) => this.#deps.search.isMatch(message))
  }

  #has(source: LogSource): boolean {
    return this.#sources.has(keyOf(source))
  }
}

function isGone(problem: Problem): boolean {
  return problem instanceof NotFound && /^(Cluster|Service|Task)NotFound$/.test(problem.code)
}

function isLive({ stoppedAt }: LogSource): boolean {
  return stoppedAt === undefined || stoppedAt > Date.now() - followAfterStopMs
}

function keyOf({ region, group, stream }: LogSource): string {
  return `${region} ${group} ${stream}`
}
