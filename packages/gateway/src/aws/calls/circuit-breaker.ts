/**
 * Keeps a dead account from costing anything: after several failures in a row that say that nothing gets through (credentials refused, no
 * connection, no answer), calls fail at once for a while; then one goes through to try, and the rest still fail until it has answered.
 */
import { GatewayTimeout, type Problem, Unavailable } from '../../problems/problem.ts'

const failuresToOpen = 5
const firstPauseMs = 2_000
const longestPauseMs = 30_000

export class CircuitBreaker {
  readonly #now: () => number
  #failures = 0
  #pauseMs = firstPauseMs
  readonly #onOpened: () => void
  #open: { until: number; problem: Unavailable | GatewayTimeout; isProbing: boolean } | undefined

  /**
   * @param now milliseconds of any clock that never goes back
   * @param onOpened told each time that it opens; one that fails its try has stayed open
   */
  constructor({
    now = () => performance.now(),
    onOpened = () => {},
  }: { now?: () => number; onOpened?: () => void } = {}) {
    this.#now = now
    this.#onOpened = onOpened
  }

  /** @throws Unavailable or GatewayTimeout, as the failures were, while it is open and no call may try */
  heed(): void {
    const open = this.#open
    if (!open) return
    const leftMs = open.until - this.#now()
    if (leftMs > 0 || open.isProbing) throw again(open.problem, Math.max(leftMs, 1000))
  }

  /** Likewise. A call that is let through is told of to `ended`. */
  enter(): void {
    this.heed()
    if (this.#open) this.#open.isProbing = true
  }

  /** How a call that was let through ended: with this problem, or with an answer (of whatever kind). */
  ended(problem: unknown): void {
    if (!isDead(problem)) {
      this.#failures = 0
      this.#pauseMs = firstPauseMs
      this.#open = undefined
      return
    }
    const open = this.#open
    // One that was under way when it opened says nothing new.
    if (open && !open.isProbing && this.#now() < open.until) return
    this.#failures++
    if (this.#failures < failuresToOpen) return
    if (open) this.#pauseMs = Math.min(this.#pauseMs * 2, longestPauseMs)
    else this.#onOpened()
    this.#open = { until: this.#now() + this.#pauseMs, problem, isProbing: false }
  }

  get isOpen(): boolean {
    return this.#open !== undefined
  }
}

const deadCodes = new Set(['AwsCredentialsRefused', 'AwsUnreachable', 'AwsTimeout'])

function isDead(problem: unknown): problem is Unavailable | GatewayTimeout {
  return (problem instanceof Unavailable || problem instanceof GatewayTimeout) && deadCodes.has(problem.code)
}

/** The same problem for a call that was not made: nothing has taken effect. */
function again(problem: Unavailable | GatewayTimeout, leftMs: number): Problem {
  const options = {
    cause: problem.options.cause,
    retryAfterSeconds: Math.ceil(leftMs / 1000),
    next: 'Nothing was sent: it failed several times just now.',
  }
  const words = problem.options.next ? problem.detail.slice(0, -problem.options.next.length).trimEnd() : problem.detail
  if (problem instanceof GatewayTimeout) return new GatewayTimeout('AwsTimeout', words, options)
  return new Unavailable(
    problem.code === 'AwsCredentialsRefused' ? 'AwsCredentialsRefused' : 'AwsUnreachable',
    words,
    options,
  )
}
