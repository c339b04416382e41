/**
 * The lines of one service or task under one filter, for all followers that asked for the same: the streams are found,
 * the lines are filtered and the events are serialised once.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { withCallContext } from '../../aws/calls/priority.ts'
import type { StreamEvent } from '../../http/streams/event-source.ts'
import { NotFound, Problem } from '../../problems/problem.ts'
import type { FoundSources } from '../find-sources.ts'
import type { LogSource } from '../log-source.ts'
import type { LogEvent } from '../log-streams.ts'
import type { Search } from '../search.ts'
import { lagEvent, linesEvents } from './events.ts'
import { Marks, overlapMs } from './marks.ts'
import type { Poll, Tail, TailListener } from './tail.ts'

/** A follower, as its channel sees it. */
export interface ChannelFollower {
  onLines: (lines: { events: readonly LogEvent[]; lagMs: number; shared: () => readonly StreamEvent[] }) => void
  /** `settledAt` may be later than before. */
  onSettled: () => void
  onLag: (event: StreamEvent) => void
  onProblem: (problem: Problem) => void
  /** The service or task is gone. */
  onGone: () => void
  onCut: (problem: Problem) => void
}

export interface ChannelDeps {
  search: Search
  /** The streams that can have lines from a moment on. */
  findSources: (from: number) => Promise<Pick<FoundSources, 'sources'>>
  tailOf: (source: LogSource) => Tail
  /** Milliseconds between polls. */
  intervalMs: () => number
  /** Milliseconds between looks for new tasks. */
  lookMs: () => number
  onIdle: () => void
  onUnexpectedError: (error: unknown) => void
}

/** Lines of a stopped task may arrive late. */
const stoppedMs = 90_000
/** The last lines of a deleted service: the awslogs driver sends lines every five seconds. */
const lastLinesMs = 7_000
/** A stream of a younger task is read from its beginning. */
const youngMs = 2 * overlapMs
/** A lag is reported when it has changed by this much. */
const lagStepMs = 2_000
const failuresToReport = 3

interface FollowedSource {
  source: LogSource
  tail: Tail
  /** The last look did not find it: ECS’s lists may lack a task for a moment. */
  isMissing: boolean
}

export class Channel implements TailListener {
  readonly #deps: ChannelDeps
  readonly #followers = new Set<ChannelFollower>()
  /** By region, group and stream. */
  readonly #sources = new Map<string, FollowedSource>()
  /** When the streams were last found, in milliseconds since 1970. */
  #lookedAt = Date.now()
  /** When the last whole poll of each tail began. */
  readonly #polledAt = new Map<Tail, number>()
  readonly marks = new Marks(Date.now() - overlapMs)
  #reportedLagMs: number | undefined
  #closing: AbortController | undefined

  constructor(deps: ChannelDeps) {
    this.#deps = deps
  }

  get isClosed(): boolean {
    return this.#closing?.signal.aborted ?? false
  }

  /** How long a line may take to be shown because polls are apart. */
  get lagMs(): number {
    return this.#reportedLagMs ?? this.#deps.intervalMs()
  }

  /** Every line that was there at this moment has been emitted; on the clock of `performance.now()`. */
  get settledAt(): number {
    const tails = new Set([...this.#sources.values()].map(({ tail }) => tail))
    return Math.min(...[...tails].map((tail) => this.#polledAt.get(tail) ?? Number.NEGATIVE_INFINITY))
  }

  /**
   * @param sources the streams that are known already; the follower reads their lines so far by itself
   * @returns lines that were emitted a moment ago, which the follower may have missed
   */
  join(follower: ChannelFollower, sources: readonly LogSource[]): LogEvent[] {
    this.#addAll(sources)
    this.#followers.add(follower)
    if (!this.#closing) {
      this.#closing = new AbortController()
      this.#look(this.#closing.signal).catch(this.#deps.onUnexpectedError)
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
    for (const follower of [...this.#followers]) follower.onCut(problem)
    this.close()
  }

  onPolled(tail: Tail, { startedAt, lagMs, isWhole, events }: Poll): void {
    if (Math.abs(lagMs - this.lagMs) >= lagStepMs) {
      const event = lagEvent(lagMs)
      for (const follower of this.#followers) follower.onLag(event)
      this.#reportedLagMs = lagMs
    }
    this.#emit(
      events.filter((event) => this.#has(event.source) && this.#deps.search.isMatch(event.message)),
      lagMs,
    )
    if (!isWhole) return
    this.#polledAt.set(tail, startedAt)
    for (const follower of this.#followers) follower.onSettled()
  }

  onProblem(problem: Problem): void {
    for (const follower of this.#followers) follower.onProblem(problem)
  }

  #emit(events: readonly LogEvent[], lagMs: number): void {
    if (events.length === 0) return
    // At once: the marks go on, also while no follower uses these events.
    const made = linesEvents(events, this.marks, lagMs)
    for (const follower of [...this.#followers]) follower.onLines({ events, lagMs, shared: () => made })
  }

  /** Looks for new tasks until the last follower has left. */
  async #look(signal: AbortSignal): Promise<void> {
    let failures = 0
    let goneSince: number | undefined
    while (!signal.aborted) {
      await pause(this.#deps.lookMs() * (1 + Math.min(failures, 2)), undefined, { signal, ref: false }).catch(() => {})
      if (signal.aborted) return
      try {
        await withCallContext({ priority: 'background', caller: 'following logs' }, () => this.#refresh())
        failures = 0
        goneSince = undefined
      } catch (error) {
        if (!(error instanceof Problem)) throw error
        if (isGone(error)) {
          goneSince ??= performance.now()
          if (performance.now() - goneSince < lastLinesMs) continue
          for (const follower of [...this.#followers]) follower.onGone()
          return
        }
        if (++failures === failuresToReport) this.onProblem(error)
      }
    }
  }

  async #refresh(): Promise<void> {
    const lookedAt = Date.now()
    const { sources } = await this.#deps.findSources(lookedAt - stoppedMs)
    if (this.isClosed) return
    const added = this.#addAll(sources)
    this.#lookedAt = lookedAt
    // Another channel may have followed them before.
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

  /** @returns those that are new to the channel */
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

  /** From when on a stream that is new to the channel is read; undefined for new lines only. */
  #firstMoment({ createdAt }: LogSource): number | undefined {
    // The clock of the container’s host may be behind that of ECS, and ECS’s lists show a task late.
    if (this.#followers.size === 0) return createdAt > Date.now() - youngMs ? createdAt - overlapMs : undefined
    // Followers that have joined before rely on the channel for all lines since the last look. A stream can be old: of
    // more than a hundred, one comes into the range when another leaves it.
    return Math.max(createdAt, this.#lookedAt) - overlapMs
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
  return stoppedAt === undefined || stoppedAt > Date.now() - stoppedMs
}

function keyOf({ region, group, stream }: LogSource): string {
  return `${region} ${group} ${stream}`
}
