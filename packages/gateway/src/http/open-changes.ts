/**
 * Changes in progress, with their waits. A wait ends early when the process drains, when its client disconnects, or
 * when its token is revoked. The number of changes of one token is limited.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { TooManyRequests, Unauthorized, Unavailable } from '../problems/problem.ts'

interface OpenChange {
  request: FastifyRequest
  end: AbortController
}

export class OpenChanges {
  readonly #most: number
  readonly #draining: AbortSignal
  readonly #isAdmitted: (request: FastifyRequest) => Promise<boolean>
  /** By token. */
  readonly #open = new Map<string, Set<OpenChange>>()

  constructor(most: number, draining: AbortSignal, isAdmitted: (request: FastifyRequest) => Promise<boolean>) {
    this.#most = most
    this.#draining = draining
    this.#isAdmitted = isAdmitted
  }

  /**
   * Counts the change until its response has been sent.
   * @returns a signal that aborts with a Problem when the change must not be waited for any longer
   * @throws TooManyRequests `TokenLimitExceeded`
   */
  begin(request: FastifyRequest, { raw }: FastifyReply): AbortSignal {
    // The client may have disconnected while the audit entry was written: `close` is not emitted again.
    if (raw.closed) return AbortSignal.abort(clientGone())
    const token = request.caller?.name ?? ''
    const ofToken = this.#open.get(token) ?? new Set()
    if (ofToken.size >= this.#most) {
      throw new TooManyRequests(
        'TokenLimitExceeded',
        `A token may have ${this.#most} changes in progress in one process, and this token has that many.`,
        {
          retryAfterSeconds: 1,
        },
      )
    }
    const change = { request, end: new AbortController() }
    ofToken.add(change)
    this.#open.set(token, ofToken)
    raw.once('close', () => {
      ofToken.delete(change)
      if (ofToken.size === 0) this.#open.delete(token)
      if (!raw.writableFinished) change.end.abort(clientGone())
    })
    return AbortSignal.any([this.#draining, change.end.signal])
  }

  /** Ends the waits of tokens that are no longer valid. */
  recheck(): void {
    for (const ofToken of this.#open.values())
      for (const { request, end } of ofToken)
        this.#isAdmitted(request).then(
          (admitted) => admitted || end.abort(new Unauthorized('Unauthorized', 'The token is no longer valid.')),
          () => {},
        )
  }
}

function clientGone(): Unavailable {
  return new Unavailable('ShuttingDown', 'The client has disconnected.')
}
