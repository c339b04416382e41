/**
 * Protects callers from an account whose AWS does not respond. The breaker opens after five failures in a row: refused
 * credentials, no connection, or no response. While it is open, calls fail at once, without being sent. After a pause
 * one call is sent as a probe, and all other calls still fail until its outcome is recorded. A failed probe doubles the
 * pause.
 */
import { GatewayTimeout, type Problem, Unavailable } from '../../problems/problem.ts'

/** The AWS services with a circuit breaker each. The Resource Groups Tagging API shares the breaker of `ecs`. */
export type BreakerService = 'ecs' | 'sts' | 'cloudwatch' | 'logs' | 'sqs' | 'ec2' | 'ssm' | 'kms'

const failuresToOpen = 5
const firstPauseMs = 2_000
const maxPauseMs = 30_000

export class CircuitBreaker {
  readonly #now: () => number
  #failures = 0
  #pauseMs = firstPauseMs
  readonly #onOpened: () => void
  /** Undefined while the breaker is closed. */
  #open: { pauseEndsAt: number; problem: Unavailable | GatewayTimeout; isProbing: boolean } | undefined

  /**
   * @param now milliseconds of a monotonic clock
   * @param onOpened called each time that the breaker opens; a failed probe leaves it open and is not reported
   */
  constructor({
    now = () => performance.now(),
    onOpened = () => {},
  }: { now?: () => number; onOpened?: () => void } = {}) {
    this.#now = now
    this.#onOpened = onOpened
  }

  /**
   * @throws Unavailable or GatewayTimeout while the breaker is open and no probe may be sent: the kind of the last
   *   failure
   */
  throwIfOpen(): void {
    const open = this.#open
    if (!open) return
    const pauseMs = open.pauseEndsAt - this.#now()
    if (pauseMs > 0 || open.isProbing) throw notSent(open.problem, Math.max(pauseMs, 1000))
  }

  /**
   * Admits a call. Afterwards, call `recordResponse` or `recordFailure`.
   * @throws Unavailable or GatewayTimeout in the same cases as `throwIfOpen`
   */
  admitCall(): void {
    this.throwIfOpen()
    if (this.#open) this.#open.isProbing = true
  }

  /** Records that AWS has responded to the admitted call. Closes the breaker. */
  recordResponse(): void {
    this.#failures = 0
    this.#pauseMs = firstPauseMs
    this.#open = undefined
  }

  /** Records that the admitted call failed with `problem`. A rejection or a fault that AWS returned is a response. */
  recordFailure(problem: unknown): void {
    if (!isUnresponsive(problem)) {
      this.recordResponse()
      return
    }
    const open = this.#open
    // A call that was in flight when the breaker opened is not a probe.
    if (open && !open.isProbing && this.#now() < open.pauseEndsAt) return
    this.#failures++
    if (this.#failures < failuresToOpen) return
    if (open) this.#pauseMs = Math.min(this.#pauseMs * 2, maxPauseMs)
    else this.#onOpened()
    this.#open = { pauseEndsAt: this.#now() + this.#pauseMs, problem, isProbing: false }
  }

  get isOpen(): boolean {
    return this.#open !== undefined
  }
}

const unresponsiveCodes = new Set(['AwsCredentialsRefused', 'AwsUnreachable', 'AwsTimeout'])

function isUnresponsive(problem: unknown): problem is Unavailable | GatewayTimeout {
  return (problem instanceof Unavailable || problem instanceof GatewayTimeout) && unresponsiveCodes.has(problem.code)
}

/**
 * Returns the problem of a call that was not sent: the last failure's problem, without its advice about a change that
 * may have taken effect.
 */
function notSent(problem: Unavailable | GatewayTimeout, retryAfterMs: number): Problem {
  const seconds = Math.ceil(retryAfterMs / 1000)
  const options = {
    cause: problem.options.cause,
    retryAfterSeconds: seconds,
    next: `Nothing was sent, because several calls failed in a row. Retry in ${seconds} s.`,
  }
  const detail = problem.options.next ? problem.detail.slice(0, -problem.options.next.length).trimEnd() : problem.detail
  if (problem instanceof GatewayTimeout) return new GatewayTimeout('AwsTimeout', detail, options)
  return new Unavailable(
    problem.code === 'AwsCredentialsRefused' ? 'AwsCredentialsRefused' : 'AwsUnreachable',
    detail,
    options,
  )
}
