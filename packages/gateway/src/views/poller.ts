/**
 * Looks again and again at things that somebody watches, all of them that one call can describe together: quickly while something is under
 * way, slowly at rest, and not at all when nobody watches. It asks with the least urgency there is, so it slows down by itself when the
 * request budget is short.
 */
import { askingAs } from '../aws/asking.ts'
import { NotFound, Problem } from '../problems/problem.ts'
import type { Feed } from './feed.ts'
import type { View } from './view.ts'

/** `changing`: something is under way; `final`: nothing but its end can come. */
export type Pace = 'changing' | 'resting' | 'final'

export interface Watched {
  feed: Feed
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
      this.#watched.set(watched, { pace, at: performance.now(), failures: 0, isStirred: false, stirredAt: Number.NEGATIVE_INFINITY })
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
    return looked.isStirred ? Math.min(looked.at + pauseMs, this.#stirredTurnAt + this.#restMs / mostTurns) : looked.at + pauseMs
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
    await askingAs({ urgency: 'watching', caller: this.#caller }, () => Promise.all(due.map(([watched, looked]) => this.#look(watched, looked))))
    this.#isLooking = false
    if (this.#isWoken || this.#watched.size > 0) this.#plan()
  }

  async #look(watched: Watched, looked: Looked): Promise<void> {
    const { feed } = watched
    looked.at = performance.now()
    looked.isStirred = false
    try {
      const { view, pace } = await watched.look()
      looked.pace = pace
      looked.failures = 0
      feed.publish(view)
    } catch (error) {
      if (error instanceof NotFound) return feed.end()
      looked.failures++
      if (error instanceof Problem && looked.failures === failuresToTell) feed.trouble(error)
    }
  }
}
