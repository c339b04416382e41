/**
 * Polls watched resources. One poller serves all resources that one call can describe together. A resource is polled
 * often while a change is in progress, rarely otherwise, and not at all when no client watches it. The calls have the
 * lowest priority, so polls become rarer when the request budget is short.
 */
import { withCallContext } from '../../aws/calls/priority.ts'
import { InternalError, NotFound, Problem } from '../../problems/problem.ts'
import type { CachedAnswer } from '../cached-answer.ts'

/**
 * How often a resource is polled. `changing`: a change is in progress. `resting`: no change is in progress. `final`:
 * the resource cannot change any more, only disappear, such as a stopped task.
 */
export type Pace = 'changing' | 'resting' | 'final'

/** Receives the polled states: a feed of this process, or a feed that several processes share. */
export interface FeedSink {
  readonly position: { number: number }
  /** @param numberAtPoll the feed's last number when the poll began: an event with a higher number is newer */
  publish: (answer: CachedAnswer, numberAtPoll: number) => void | Promise<void>
  end: (numberAtPoll: number) => void | Promise<void>
  publishProblem: (problem: Problem) => void
}

export interface Watched {
  feed: FeedSink
  /**
   * Requests the resource from AWS.
   * @returns `calls`: the number of calls to AWS that a refresh needs, default 1
   * @throws NotFound when the resource was deleted
   */
  refresh: () => Promise<{ answer: CachedAnswer; pace: Pace; calls?: number }>
}

interface Schedule {
  pace: Pace
  /** The number of calls to AWS that a poll needs. */
  calls: number
  polledAt: number
  /** Failed polls since the last success. */
  failures: number
  /** Watchers have received a `problem` since the last success. */
  isProblemPublished: boolean
  /** An ECS event about the resource has arrived since `polledAt`. */
  isChangeReported: boolean
  /** When the last event about the resource arrived, or its last write was made. */
  changeReportedAt: number
}

/** The interval of polls at the pace `final`. */
const finalIntervalMs = 30_000
const maxBackoffMs = 10_000
/** The interval of polls while ECS events arrive: an event can be lost, and some changes have no event. */
const safetyIntervalMs = 30_000
/**
 * For this time after an event or a write, ECS may still return the state before the change. So polls are as frequent
 * as without events, until one has begun after this time.
 */
const defaultInconsistencyMs = 10_000
/** The most polls that events can cause within `restMs`, however many events arrive. */
const maxEarlyPolls = 10
/** The most calls to AWS within `restMs` at rest: a poll that needs more of them has a longer interval. */
const maxCallsAtRest = 10
/** The number of failed polls in a row after which watchers get a `problem`. */
const failuresToReport = 3

export interface PollerOptions {
  /** The name under which the request budget counts the polls. */
  caller: string
  /** The interval of polls at the pace `resting`; `changing` has half of it. */
  restMs: number
  /** Receives an error of a poll that is no `Problem`, so a bug: once, until a poll of the poller succeeds. */
  onUnexpectedError: (error: unknown) => void
  inconsistencyMs?: number
}

export class Poller {
  readonly #restMs: number
  readonly #inconsistencyMs: number
  readonly #watched = new Map<Watched, Schedule>()
  readonly #caller: string
  readonly #onUnexpectedError: (error: unknown) => void
  #isBugReported = false
  #timer: NodeJS.Timeout | undefined
  #isPolling = false
  #eventsArrive = false
  /** When the last poll caused by an event began. */
  #earlyPollAt = Number.NEGATIVE_INFINITY

  constructor({ caller, restMs, onUnexpectedError, inconsistencyMs = defaultInconsistencyMs }: PollerOptions) {
    this.#caller = caller
    this.#restMs = restMs
    this.#inconsistencyMs = inconsistencyMs
    this.#onUnexpectedError = onUnexpectedError
  }

  /** Polls the resource from now on, until `unwatch`. */
  watch(watched: Watched, pace: Pace): void {
    if (!this.#watched.has(watched))
      this.#watched.set(watched, {
        pace,
        calls: 1,
        polledAt: performance.now(),
        failures: 0,
        isProblemPublished: false,
        isChangeReported: false,
        changeReportedAt: Number.NEGATIVE_INFINITY,
      })
    this.#schedule()
  }

  unwatch(watched: Watched): void {
    this.#watched.delete(watched)
    this.#schedule()
  }

  /** Polls the resource now, because this gateway has changed it. */
  pollNow(watched: Watched): void {
    const schedule = this.#watched.get(watched)
    if (!schedule) return
    schedule.polledAt = Number.NEGATIVE_INFINITY
    schedule.changeReportedAt = performance.now()
    this.#schedule()
  }

  /**
   * Polls the resource now, or as soon as the limit of polls caused by events allows. Call it after an event about the
   * resource.
   */
  pollEarly(watched: Watched): void {
    const schedule = this.#watched.get(watched)
    if (!schedule) return
    schedule.isChangeReported = true
    schedule.changeReportedAt = performance.now()
    this.#schedule()
  }

  /** Whether ECS events of the account arrive. */
  set eventsArrive(eventsArrive: boolean) {
    if (this.#eventsArrive === eventsArrive) return
    this.#eventsArrive = eventsArrive
    this.#schedule()
  }

  /** Whether the last polls failed, or their results could not be published. */
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

  #schedule(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#isPolling || this.#watched.size === 0) return
    const dueAt = Math.min(...[...this.#watched.values()].map((schedule) => this.#dueAt(schedule)))
    this.#timer = setTimeout(() => void this.#pollDue(), Math.max(0, dueAt - performance.now()))
    this.#timer.unref()
  }

  #dueAt(schedule: Schedule): number {
    const regularAt = schedule.polledAt + this.#intervalMs(schedule)
    const earlyAt = this.#earlyPollAt + this.#restMsOf(schedule) / maxEarlyPolls
    return schedule.isChangeReported ? Math.min(regularAt, earlyAt) : regularAt
  }

  #restMsOf({ calls }: Schedule): number {
    return this.#restMs * Math.max(1, calls / maxCallsAtRest)
  }

  #intervalMs(schedule: Schedule): number {
    const { pace, failures, polledAt, changeReportedAt } = schedule
    const restMs = this.#restMsOf(schedule)
    if (failures > 0) return Math.min(this.#restMs * 2 ** (failures - 1), maxBackoffMs)
    if (pace === 'final') return finalIntervalMs
    if (this.#eventsArrive && polledAt - changeReportedAt > this.#inconsistencyMs)
      return Math.max(safetyIntervalMs, restMs)
    return pace === 'changing' ? restMs / 2 : restMs
  }

  async #pollDue(): Promise<void> {
    this.#isPolling = true
    const now = performance.now()
    // Resources that will be due soon are polled, too, because one call can describe them together.
    const due = [...this.#watched].filter(([, schedule]) => this.#dueAt(schedule) <= now + this.#restMs / 4)
    if (due.some(([, { isChangeReported }]) => isChangeReported)) this.#earlyPollAt = now
    await withCallContext({ priority: 'background', caller: this.#caller }, () =>
      Promise.all(due.map(([watched, schedule]) => this.#poll(watched, schedule))),
    )
    this.#isPolling = false
    this.#schedule()
  }

  async #poll({ feed, refresh }: Watched, schedule: Schedule): Promise<void> {
    schedule.polledAt = performance.now()
    schedule.isChangeReported = false
    const { number: numberAtPoll } = feed.position
    try {
      try {
        const { answer, pace, calls = 1 } = await refresh()
        schedule.pace = pace
        schedule.calls = calls
        await feed.publish(answer, numberAtPoll)
      } catch (error) {
        if (!(error instanceof NotFound)) throw error
        await feed.end(numberAtPoll)
      }
      schedule.failures = 0
      schedule.isProblemPublished = false
      this.#isBugReported = false
    } catch (error) {
      schedule.failures++
      const problem = error instanceof Problem ? error : this.#problemOfBug(error)
      if (schedule.failures < failuresToReport || schedule.isProblemPublished) return
      schedule.isProblemPublished = true
      feed.publishProblem(problem)
    }
  }

  #problemOfBug(error: unknown): Problem {
    if (!this.#isBugReported) this.#onUnexpectedError(error)
    this.#isBugReported = true
    return new InternalError('InternalError', 'The gateway has a fault; its log has the details.', { cause: error })
  }
}
