/**
 * Whether AWS accepts the credentials of an account. An open console lists the accounts on each of its pages, and an
 * account that does not respond takes seconds. So a response of STS is used again for ten seconds.
 */
import { Problem } from '../problems/problem.ts'

const maxAgeMs = 10_000

export class Reachability {
  readonly #getIdentity: () => Promise<unknown>
  /** On the clock of `performance.now()`. */
  #requestedAt = 0
  #reason: Promise<string | undefined> | undefined

  /** @param getIdentity sends GetCallerIdentity to STS; throws a Problem when the credentials do not work */
  constructor(getIdentity: () => Promise<unknown>) {
    this.#getIdentity = getIdentity
  }

  /** Returns why the account cannot be reached; undefined when it can. The answer is at most ten seconds old. */
  unreachableReason(): Promise<string | undefined> {
    const now = performance.now()
    if (this.#reason && now - this.#requestedAt < maxAgeMs) return this.#reason
    this.#requestedAt = now
    this.#reason = this.#checkIdentity()
    return this.#reason
  }

  async #checkIdentity(): Promise<string | undefined> {
    try {
      await this.#getIdentity()
      return undefined
    } catch (error) {
      if (error instanceof Problem) return error.detail
      this.#reason = undefined
      throw error
    }
  }
}
