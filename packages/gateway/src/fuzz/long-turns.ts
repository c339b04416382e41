/** The longest turns of a process's event loop, and the requests that were processed in them. */
import type { Turn } from './process-figures.ts'
import type { FuzzRequest } from './requests.ts'

/** A request that took long. */
export interface SlowRequest {
  request: Pick<FuzzRequest, 'method' | 'route' | 'url'>
  /** The beginning of the body, and its length in characters. */
  body: string
  length: number
  status: number
  /** Milliseconds since 1970. */
  startedAt: number
  endedAt: number
}

const longMs = 30

export class SlowRequests {
  readonly #slow: SlowRequest[] = []

  add({ method, route, url, payload = '' }: FuzzRequest, status: number, startedAt: number, endedAt: number): void {
    if (endedAt - startedAt < longMs) return
    const request = { method, route, url: url.slice(0, 200) }
    this.#slow.push({ request, body: payload.slice(0, 80), length: payload.length, status, startedAt, endedAt })
  }

  /** Returns the request that a turn worked on. Requests are sent one after another, so there is one at most. */
  during({ endedAt, ms }: Turn): SlowRequest | undefined {
    return this.#slow.find((slow) => slow.startedAt < endedAt && endedAt - ms < slow.endedAt)
  }
}

export function printTurns(turns: readonly Turn[], slow: SlowRequests): void {
  console.log(`Longest turns of the event loop: ${turns.length === 0 ? `none above ${longMs} ms` : ''}`)
  for (const turn of turns.slice(0, 15)) {
    const found = slow.during(turn)
    const { request, body, length, status } = found ?? {}
    const cause = request ? `${status} ${request.method} ${request.url}, ${length} characters: ${body}` : 'no request'
    console.log(`  ${turn.workMs.toFixed(0)} ms of work in ${turn.ms.toFixed(0)} ms: ${cause}`)
  }
}
