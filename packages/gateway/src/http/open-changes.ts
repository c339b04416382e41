/**
 * Changes that are under way, and their waits: each ends early when the process drains, when its client goes, or when its token is revoked;
 * and one token has only so many at once.
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
   * Counts the change until its response has ended.
   * @returns aborted with a Problem when the change is to be waited for no longer
   * @throws TooManyRequests `TokenLimitExceeded`
   */
  begin(request: FastifyRequest, { raw }: FastifyReply): AbortSignal {
    // A client that has gone while the change was being recorded: its `close` comes no more.
    if (raw.closed) return AbortSignal.abort(clientGone())
    const token = request.caller?.name ?? ''
    const ofToken = this.#open.get(token) ?? new Set()
    if (ofToken.size >= this.#most) {
      throw new TooManyRequests(
        'TokenLimitExceeded',
        `A token may have ${this.#most} changes under way at a process, and this one has.`,
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

  /** Ends the waits of tokens that are not good any more. */
  recheck(): void {
    for (const ofToken of this.#open.values())
      for (const { request, end } of ofToken)
        this.#isAdmitted(request).then(
          (admitted) => admitted || end.abort(new Unauthorized('Unauthorized', 'The token is not good any more.')),
          () => {},
        )
  }
}

function clientGone(): Unavailable {
  return new Unavailable('ShuttingDown', 'The client has gone.')
}
