/**
 * Requests that change something and have no response yet. With `?wait=` such a request waits until ECS has done what it
 * asked for. The wait ends early when the process drains, when the client disconnects, or when the token is revoked. The
 * number of such requests of one token is limited.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { ClientDisconnected, TooManyRequests, Unauthorized } from '../problems/problem.ts'

/** A request that changes something, until its response has been sent. */
interface OpenChange {
  request: FastifyRequest
  /** Ends its wait. */
  end: AbortController
}

export class OpenChanges {
  readonly #maxOfToken: number
  readonly #draining: AbortSignal
  readonly #isAdmitted: (request: FastifyRequest) => Promise<boolean>
  /** By token. */
  readonly #open = new Map<string, Set<OpenChange>>()

  constructor(maxOfToken: number, draining: AbortSignal, isAdmitted: (request: FastifyRequest) => Promise<boolean>) {
    this.#maxOfToken = maxOfToken
    this.#draining = draining
    this.#isAdmitted = isAdmitted
  }

  /**
   * Counts the change until its response has been sent.
   * @returns a signal that ends the wait of the request, with a Problem as its reason
   * @throws TooManyRequests `TokenLimitExceeded`
   */
  begin(request: FastifyRequest, { raw }: FastifyReply): AbortSignal {
    // The client may have disconnected before, while the audit entry was written: no `close` follows then.
    if (raw.closed) return AbortSignal.abort(new ClientDisconnected())
    const token = request.caller?.name ?? ''
    const ofToken = this.#open.get(token) ?? new Set()
    if (ofToken.size >= this.#maxOfToken) {
      throw new TooManyRequests(
        'TokenLimitExceeded',
        `A token may have ${this.#maxOfToken} changes in progress in one process, and this token has that many.`,
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
      if (!raw.writableFinished) change.end.abort(new ClientDisconnected())
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
