/**
 * Limits the size and the number of audit entries. A rejected request costs its client nothing, so a client could fill
 * the store with them: entries are cut to a size, and similar rejections are counted in one entry.
 */
import type { AuditedRequest } from '../store/audit-records.ts'

const maxPathLength = 300
const maxQueryNames = 20
const maxNameLength = 64
const maxClusterLength = 255
/** ECS takes at most 64 KiB for a task definition. */
const maxInputLength = 128 * 1024
const windowMs = 60_000

/** Returns the request as the audit log stores it: cut to a size, and without the values of tokens in its path. */
export function withBounds(request: AuditedRequest): AuditedRequest {
  return {
    ...request,
    path: cut(withoutTokens(request.path), maxPathLength),
    account: request.account === undefined ? undefined : cut(withoutTokens(request.account), maxNameLength),
    cluster: request.cluster === undefined ? undefined : cut(withoutTokens(request.cluster), maxClusterLength),
    query: Array.isArray(request.query)
      ? request.query.slice(0, maxQueryNames).map((name) => cut(withoutTokens(String(name)), maxNameLength))
      : request.query,
  }
}

/** Returns the input as JSON; only its length when it is too long. */
export function boundedInput(input: object): string {
  const text = JSON.stringify(input)
  return text.length <= maxInputLength ? text : JSON.stringify({ omittedCharacters: text.length })
}

/** Matches the values of tokens of this service, and JWTs. */
const tokenValue = /ecsapi_([a-z2-9]{10})_[\w-]{20,}|eyJ[\w-]{5,}\.[\w-]+\.[\w-]*/g

function withoutTokens(text: string): string {
  return text.replace(tokenValue, (_, id?: string) => (id === undefined ? '(token)' : `ecsapi_${id}_(hidden)`))
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text
}

interface Window {
  startedAt: number
  count: number
}

/** The number of audit entries that the rejected requests of one caller get in a minute. */
export class RejectionBudget {
  readonly #maxPerMinute: number
  readonly #now: () => number
  /** By caller. */
  readonly #windows = new Map<string, Window>()

  constructor(maxPerMinute: number, now: () => number) {
    this.#maxPerMinute = maxPerMinute
    this.#now = now
  }

  /** Counts a rejection. @returns whether it gets an entry of its own */
  take(caller: string): boolean {
    const now = this.#now()
    let window = this.#windows.get(caller)
    if (!window || Math.abs(now - window.startedAt) >= windowMs) {
      // The number of tokens is limited, but people of an identity provider are callers too.
      if (this.#windows.size > 10_000) this.#windows.clear()
      window = { startedAt: now, count: 0 }
      this.#windows.set(caller, window)
    }
    return ++window.count <= this.#maxPerMinute
  }
}
