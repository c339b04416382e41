/**
 * Looks again and again at things that somebody watches, all of them that one call can describe together: quickly while something is under
 * way, slowly at rest, and not at all when nobody watches. It asks with the least urgency there is, so it slows down by itself when the
 * request budget is short.
 */
import { askingAs } from '../../aws/calls/priority.ts'
import { NotFound, Problem } from '../../problems/problem.ts'
import type { View } from '../cached-answer.ts'

/** `changing`: something is under way; `final`: nothing but its end can come. */
export type Pace = 'changing' | 'resting' | 'final'

/** Who is told what was seen: a feed, or what numbers its events for several processes. */
export interface Told {
  readonly state: { number: number }
  /** @param since the feed's number when the look began: what was told meanwhile is newer */
  publish: (view: View, since: number) => void | Promise<void>
  end: (since: number) => void | Promise<void>
  trouble: (problem: Problem) => void
}

export interface Watched {
  feed: Told
  /** Asks AWS. @throws NotFound when it is gone */
  look: () => Promise<{ view: View; pace: Pace }>
}

interface Looked {
  pace: Pace
  at: number
  failures: number
  /** Something happened since `at`. */
  isStirred: boolean
  /** When something last happened to it. */
  stirredAt: number
}

/** How often a thing is looked at that can only be forgotten. */
const finalMs = 30_000
const longestPauseMs = 10_000
/** While events tell of changes one looks so often all the same: an event can be lost, and not every change has one. */
const safetyMs = 30_000
/** So long after something happened ECS may still answer with what was before, so one goes on looking as if there were no events. */
const unsettledMs = 10_000
/** However many events tell of however many things, they cause so many turns within `restMs`. */
const mostTurns = 10
/** A look that failed once or twice is not worth a word. */
const failuresToTell = 3

export class Poller {
  readonly #restMs: number
  readonly #watched = new Map<Watched, Looked>()
  readonly #caller: string
  #timer: NodeJS.Timeout | undefined
  #isLooking = false
  #isWoken = false
  #isTold = false
  /** When something that had happened was last looked at. */
  #stirredTurnAt = Number.NEGATIVE_INFINITY

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
        isStirred: false,
        stirredAt: Number.NEGATIVE_INFINITY,
      })
    this.#plan()
  }

  unwatch(watched: Watched): void {
    this.#watched.delete(watched)
    this.#plan()
  }

  /** Something was done to what is watched: it is looked at now. */
  wake(watched: Watched): void {
    const looked = this.#watched.get(watched)
    if (!looked) return
    looked.at = Number.NEGATIVE_INFINITY
    looked.stirredAt = performance.now()
    this.#isWoken = true
    this.#plan()
  }

  /** Something happened to what is watched: it is looked at now, or as soon as that is not too often. */
  stir(watched: Watched): void {
    const looked = this.#watched.get(watched)
    if (!looked) return
    looked.isStirred = true
    looked.stirredAt = performance.now()
    this.#isWoken = true
    this.#plan()
  }

  /** Whether events tell of changes. */
  set isTold(isTold: boolean) {
    if (this.#isTold === isTold) return
    this.#isTold = isTold
    this.#plan()
  }

  /** Whether it can't be looked at, or nobody be told. */
  isFailing(watched: Watched): boolean {
    return (this.#watched.get(watched)?.failures ?? 0) >= failuresToTell
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
    const due = Math.min(...[...this.#watched.values()].map((looked) => this.#dueAt(looked)))
    this.#timer = setTimeout(() => void this.#turn(), Math.max(0, due - performance.now()))
    this.#timer.unref()
  }

  #dueAt(looked: Looked): number {
    const pauseMs = this.#pauseMs(looked)
    return looked.isStirred
      ? Math.min(looked.at + pauseMs, this.#stirredTurnAt + this.#restMs / mostTurns)
      : looked.at + pauseMs
  }

  #pauseMs({ pace, failures, stirredAt }: Looked): number {
    if (failures > 0) return Math.min(this.#restMs * 2 ** (failures - 1), longestPauseMs)
    if (pace === 'final') return finalMs
    if (this.#isTold && performance.now() - stirredAt > unsettledMs) return safetyMs
    return pace === 'changing' ? this.#restMs / 2 : this.#restMs
  }

  async #turn(): Promise<void> {
    this.#isLooking = true
    this.#isWoken = false
    const now = performance.now()
    // What is due before long goes along: it is the same call.
    const due = [...this.#watched].filter(([, looked]) => this.#dueAt(looked) <= now + this.#restMs / 4)
    if (due.some(([, { isStirred }]) => isStirred)) this.#stirredTurnAt = now
    await askingAs({ urgency: 'watching', caller: this.#caller }, () =>
      Promise.all(due.map(([watched, looked]) => this.#look(watched, looked))),
    )
    this.#isLooking = false
    if (this.#isWoken || this.#watched.size > 0) this.#plan()
  }

  async #look({ feed, look }: Watched, looked: Looked): Promise<void> {
    looked.at = performance.now()
    looked.isStirred = false
    const { number: since } = feed.state
    try {
      try {
        const { view, pace } = await look()
        looked.pace = pace
        await feed.publish(view, since)
      } catch (error) {
        if (!(error instanceof NotFound)) throw error
        await feed.end(since)
      }
      looked.failures = 0
    } catch (error) {
      looked.failures++
      if (error instanceof Problem && looked.failures === failuresToTell) feed.trouble(error)
    }
  }
}
