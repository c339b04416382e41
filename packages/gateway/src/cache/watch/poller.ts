/**
 * Looks again and again at things that somebody watches, all of them that one call can describe together: quickly while something is under
 * way, slowly at rest, and not at all when nobody watches. It asks with the least urgency there is, so it slows down by itself when the
 * request budget is short.
 */
import { withCallContext } from '../../aws/calls/priority.ts'
import { NotFound, Problem } from '../../problems/problem.ts'
import type { CachedAnswer } from '../cached-answer.ts'

/** `changing`: something is under way; `final`: nothing but its end can come. */
export type Pace = 'changing' | 'resting' | 'final'

/** Who is told what was seen: a feed, or what numbers its events for several processes. */
export interface FeedSink {
  readonly state: { number: number }
  /** @param since the feed's number when the look began: what was told meanwhile is newer */
  publish: (answer: CachedAnswer, since: number) => void | Promise<void>
  end: (since: number) => void | Promise<void>
  trouble: (problem: Problem) => void
}

export interface Watched {
  feed: FeedSink
  /** Asks AWS. @throws NotFound when it is gone */
  look: () => Promise<{ answer: CachedAnswer; pace: Pace }>
}

interface Schedule {
  pace: Pace
  at: number
  failures: number
  /** Something happened since `at`. */
  isPoked: boolean
  /** When something last happened to it. */
  pokedAt: number
}

/** How often a thing is looked at that can only be forgotten. */
const finalMs = 30_000
const longestPauseMs = 10_000
/** While events tell of changes one looks so often all the same: an event can be lost, and not every change has one. */
const safetyMs = 30_000
/** So long after something happened ECS may still answer with what was before, so one goes on looking as if there were no events. */
const unsettledMs = 10_000
/** However many events tell of however many things, they cause so many turns within `restMs`. */
const maxTurns = 10
/** A look that failed once or twice is not worth a word. */
const failuresToReport = 3

export class Poller {
  readonly #restMs: number
  readonly #watched = new Map<Watched, Schedule>()
  readonly #caller: string
  #timer: NodeJS.Timeout | undefined
  #isLooking = false
  #isWoken = false
  #eventsArrive = false
  /** When something that had happened was last looked at. */
  #pokedRoundAt = Number.NEGATIVE_INFINITY

  /** @param restMs how often things at rest are looked at; those under way twice as often */
  constructor(caller: string, restMs: number) {
    this.#caller = caller
    this.#restMs = restMs
  }

  /** From now on it is looked at, until nobody watches its feed. */
  watch(watched: Watched, pace: Pace): void {
    if (!this.#watched.has(watched))
      this.#watched.set(watched, {
        pace,
        at: performance.now(),
        failures: 0,
        isPoked: false,
        pokedAt: Number.NEGATIVE_INFINITY,
      })
    this.#plan()
  }

  unwatch(watched: Watched): void {
    this.#watched.delete(watched)
    this.#plan()
  }

  /** Something was done to what is watched: it is looked at now. */
  wake(watched: Watched): void {
    const schedule = this.#watched.get(watched)
    if (!schedule) return
    schedule.at = Number.NEGATIVE_INFINITY
    schedule.pokedAt = performance.now()
    this.#isWoken = true
    this.#plan()
  }

  /** Something happened to what is watched: it is looked at now, or as soon as that is not too often. */
  poke(watched: Watched): void {
    const schedule = this.#watched.get(watched)
    if (!schedule) return
    schedule.isPoked = true
    schedule.pokedAt = performance.now()
    this.#isWoken = true
    this.#plan()
  }

  /** Whether events tell of changes. */
  set eventsArrive(eventsArrive: boolean) {
    if (this.#eventsArrive === eventsArrive) return
    this.#eventsArrive = eventsArrive
    this.#plan()
  }

  /** Whether it can't be looked at, or nobody be told. */
  isFailing(watched: Watched): boolean {
    return (this.#watched.get(watched)?.failures ?? 0) >= failuresToReport
  }

  get isIdle(): boolean {
    return this.#watched.size === 0
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#watched.clear()
  }

  #plan(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#isLooking || this.#watched.size === 0) return
    const due = Math.min(...[...this.#watched.values()].map((schedule) => this.#dueAt(schedule)))
    this.#timer = setTimeout(() => void this.#turn(), Math.max(0, due - performance.now()))
    this.#timer.unref()
  }

  #dueAt(schedule: Schedule): number {
    const pauseMs = this.#pauseMs(schedule)
    return schedule.isPoked
      ? Math.min(schedule.at + pauseMs, this.#pokedRoundAt + this.#restMs / maxTurns)
      : schedule.at + pauseMs
  }

  #pauseMs({ pace, failures, pokedAt }: Schedule): number {
    if (failures > 0) return Math.min(this.#restMs * 2 ** (failures - 1), longestPauseMs)
    if (pace === 'final') return finalMs
    if (this.#eventsArrive && performance.now() - pokedAt > unsettledMs) return safetyMs
    return pace === 'changing' ? this.#restMs / 2 : this.#restMs
  }

  async #turn(): Promise<void> {
    this.#isLooking = true
    this.#isWoken = false
    const now = performance.now()
    // What is due before long goes along: it is the same call.
    const due = [...this.#watched].filter(([, schedule]) => this.#dueAt(schedule) <= now + this.#restMs / 4)
    if (due.some(([, { isPoked }]) => isPoked)) this.#pokedRoundAt = now
    await withCallContext({ priority: 'watching', caller: this.#caller }, () =>
      Promise.all(due.map(([watched, schedule]) => this.#look(watched, schedule))),
    )
    this.#isLooking = false
    if (this.#isWoken || this.#watched.size > 0) this.#plan()
  }

  async #look({ feed, look }: Watched, schedule: Schedule): Promise<void> {
    schedule.at = performance.now()
    schedule.isPoked = false
    const { number: since } = feed.state
    try {
      try {
        const { answer, pace } = await look()
        schedule.pace = pace
        await feed.publish(answer, since)
      } catch (error) {
        if (!(error instanceof NotFound)) throw error
        await feed.end(since)
      }
      schedule.failures = 0
    } catch (error) {
      schedule.failures++
      if (error instanceof Problem && schedule.failures === failuresToReport) feed.trouble(error)
    }
  }
}
