/**
 * Requests that change something and have no response yet. With `?wait=` such a request waits until ECS has made the
 * change. The wait ends early when the process drains, the client disconnects, or the token is revoked. The number of
 * such requests of one token is limited.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { ClientDisconnected, TooManyRequests, Unauthorized } from '../problems/problem.ts'

/** A request that changes something, until its response has been sent. */
interface OpenChange {
  request: FastifyRequest
  /** Ends the wait of the request. */
  waitEnd: AbortController
}

export class OpenChanges {
  readonly #maxPerToken: number
  readonly #draining: AbortSignal
  readonly #isAdmitted: (request: FastifyRequest) => Promise<boolean>
  /** By token. */
  readonly #open = new Map<string, Set<OpenChange>>()

  /** @param isAdmitted whether the token of the request is still valid */
  constructor(maxPerToken: number, draining: AbortSignal, isAdmitted: (request: FastifyRequest) => Promise<boolean>) {
    this.#maxPerToken = maxPerToken
    this.#draining = draining
    this.#isAdmitted = isAdmitted
  }

  /**
   * Counts the change until its response has been sent.
   * @returns a signal that ends the wait of the request, with a Problem as its reason
   * @throws TooManyRequests `TokenLimitExceeded`
   */
  begin(request: FastifyRequest, { raw }: FastifyReply): AbortSignal {
    // The client may have disconnected while the audit entry was written. Then no `close` event follows.
    if (raw.closed) return AbortSignal.abort(new ClientDisconnected())
    const token = request.caller?.name ?? ''
    const changesOfToken = this.#open.get(token) ?? new Set()
    if (changesOfToken.size >= this.#maxPerToken) {
      throw new TooManyRequests(
        'TokenLimitExceeded',
        `A token may have ${this.#maxPerToken} changes in progress in one process, and this token has that many.`,
        {
          retryAfterSeconds: 1,
        },
      )
    }
    const change = { request, waitEnd: new AbortController() }
    changesOfToken.add(change)
    this.#open.set(token, changesOfToken)
    raw.once('close', () => {
      changesOfToken.delete(change)
      if (changesOfToken.size === 0) this.#open.delete(token)
      if (!raw.writableFinished) change.waitEnd.abort(new ClientDisconnected())
    })
    return AbortSignal.any([this.#draining, change.waitEnd.signal])
  }

  /** Ends the waits of tokens that are no longer valid. */
  recheck(): void {
    for (const changesOfToken of this.#open.values())
      for (const { request, waitEnd } of changesOfToken)
        this.#isAdmitted(request).then(
          (admitted) => admitted || waitEnd.abort(new Unauthorized('Unauthorized', 'The token is no longer valid.')),
          () => {},
        )
  }
}
