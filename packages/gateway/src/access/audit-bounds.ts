/** Bounds of audit entries: a rejected request costs its client nothing, so what it leaves behind is small, and alike ones are counted. */
import type { AuditedRequest } from '../store/audit-records.ts'

const maxPathLength = 300
const maxNames = 20
const maxNameLength = 64
/** ECS takes at most 64 KiB for a task definition. */
const maxInputLength = 128 * 1024
const windowMs = 60_000

/** The request as the audit keeps it: cut to a size, and without the value of any token that was put into the path. */
export function bounded(request: AuditedRequest): AuditedRequest {
  return {
    ...request,
    path: cut(withoutTokens(request.path), maxPathLength),
    account: request.account === undefined ? undefined : cut(withoutTokens(request.account), maxNameLength),
    cluster: request.cluster === undefined ? undefined : cut(withoutTokens(request.cluster), 255),
    query: Array.isArray(request.query)
      ? request.query.slice(0, maxNames).map((name) => cut(withoutTokens(String(name)), maxNameLength))
      : request.query,
  }
}

/** The input as JSON; only its length where it is too long. */
export function boundedInput(input: object): string {
  const text = JSON.stringify(input)
  return text.length <= maxInputLength ? text : JSON.stringify({ omittedCharacters: text.length })
}

/** Values of tokens of this service and JWTs. */
const tokenValue = /ecsapi_([a-z2-9]{10})_[\w-]{20,}|eyJ[\w-]{5,}\.[\w-]+\.[\w-]*/g

function withoutTokens(text: string): string {
  return text.replace(tokenValue, (_, id?: string) => (id === undefined ? '(token)' : `ecsapi_${id}_(hidden)`))
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text
}

interface Window {
  beganAt: number
  count: number
}

/** How many entries each caller's rejected requests get in a minute. */
export class RejectionBudget {
  readonly #most: number
  readonly #now: () => number
  readonly #windows = new Map<string, Window>()

  constructor(most: number, now: () => number) {
    this.#most = most
    this.#now = now
  }

  /** Counts a rejection. @returns whether it gets an entry of its own */
  take(caller: string): boolean {
    const now = this.#now()
    let window = this.#windows.get(caller)
    if (!window || Math.abs(now - window.beganAt) >= windowMs) {
      // Callers are known tokens: there are only so many, but JWTs come and go.
      if (this.#windows.size > 10_000) this.#windows.clear()
      window = { beganAt: now, count: 0 }
      this.#windows.set(caller, window)
    }
    return ++window.count <= this.#most
  }
}
