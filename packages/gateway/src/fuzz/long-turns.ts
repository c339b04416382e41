/** The longest turns of a process's event loop, and the requests that were processed in them. */

import type { FuzzRequest } from './requests.ts'
import type { EventLoopTurn } from './resource-usage.ts'

/** A request that took long. */
export interface SlowRequest {
  request: Pick<FuzzRequest, 'method' | 'route' | 'url'>
  /** The first characters of the body. */
  body: string
  /** The length of the whole body in characters. */
  bodyLength: number
  status: number
  /** Milliseconds since 1970. */
  startedAt: number
  endedAt: number
}

const minDurationMs = 30

export class SlowRequests {
  readonly #slow: SlowRequest[] = []

  add({ method, route, url, payload = '' }: FuzzRequest, status: number, startedAt: number, endedAt: number): void {
    if (endedAt - startedAt < minDurationMs) return
    const request = { method, route, url: url.slice(0, 200) }
    this.#slow.push({ request, body: payload.slice(0, 80), bodyLength: payload.length, status, startedAt, endedAt })
  }

  /** Returns the slow request during a turn. Requests are sent one after another, so there is one at most. */
  findDuring({ endedAt, durationMs }: EventLoopTurn): SlowRequest | undefined {
    return this.#slow.find((slow) => slow.startedAt < endedAt && endedAt - durationMs < slow.endedAt)
  }
}

export function printEventLoopTurns(turns: readonly EventLoopTurn[], slow: SlowRequests): void {
  console.log(`Longest turns of the event loop: ${turns.length === 0 ? `none above ${minDurationMs} ms` : ''}`)
  for (const turn of turns.slice(0, 15)) {
    const { request, body, bodyLength, status } = slow.findDuring(turn) ?? {}
    const cause = request
      ? `${status} ${request.method} ${request.url}, ${bodyLength} characters: ${body}`
      : 'no request'
    console.log(`  ${turn.busyMs.toFixed(0)} ms of work in ${turn.durationMs.toFixed(0)} ms: ${cause}`)
  }
}
