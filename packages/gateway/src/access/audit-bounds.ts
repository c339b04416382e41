/**
 * Limits the size and the number of audit entries. Without limits a client could fill the store with rejected requests,
 * because they cost the client nothing. Entries are cut to a size. A `RejectionBudget` decides which rejections get
 * entries of their own; the audit log counts the others in one entry for each kind.
 */
import type { AuditedRequest } from '../store/audit-records.ts'

const maxPathLength = 300
const maxQueryNames = 20
const maxNameLength = 64
/** Of a cluster and of a service (ECS API Reference, CreateCluster and CreateService). */
const maxResourceNameLength = 255
/** ECS takes at most 64 KiB for a task definition. */
const maxInputLength = 128 * 1024
const minuteMs = 60_000

/**
 * Returns the request as the audit log stores it: cut to a size, and without the values of tokens in its path and in
 * the names of its account, its cluster and its query. The values of a checked query are short, and none of them is a
 * token.
 */
export function redactAndShorten(request: AuditedRequest): AuditedRequest {
  return {
    ...request,
    path: cut(withoutTokens(request.path), maxPathLength),
    account: request.account === undefined ? undefined : cut(withoutTokens(request.account), maxNameLength),
    cluster: request.cluster === undefined ? undefined : cut(withoutTokens(request.cluster), maxResourceNameLength),
    service: request.service === undefined ? undefined : cut(withoutTokens(request.service), maxResourceNameLength),
    query: Array.isArray(request.query)
      ? request.query.slice(0, maxQueryNames).map((name) => cut(withoutTokens(String(name)), maxNameLength))
      : request.query,
  }
}

/** Returns the input as JSON text, or only its length when the text is too long. */
export function toLimitedJson(input: object): string {
  const text = JSON.stringify(input)
  return text.length <= maxInputLength ? text : JSON.stringify({ omittedCharacters: text.length })
}

/** Matches the values of tokens of the gateway, and JWTs. */
const tokenPattern = /ecsapi_([a-z2-9]{10})_[\w-]{20,}|eyJ[\w-]{5,}\.[\w-]+\.[\w-]*/g

function withoutTokens(text: string): string {
  return text.replace(tokenPattern, (_, id?: string) => (id === undefined ? '(token)' : `ecsapi_${id}_(hidden)`))
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text
}

/** The rejections of one caller in the current minute. */
interface MinuteCount {
  startedAt: number
  count: number
}

/**
 * Limits the audit entries for the rejected requests of one caller in a minute. A caller is identified by its name in
 * the audit log: that of a token, or of a person at an identity provider.
 */
export class RejectionBudget {
  readonly #maxPerMinute: number
  readonly #now: () => number
  readonly #countByCaller = new Map<string, MinuteCount>()

  constructor(maxPerMinute: number, now: () => number) {
    this.#maxPerMinute = maxPerMinute
    this.#now = now
  }

  /**
   * Counts a rejection of the caller; call it once for each. @returns whether the rejection gets an entry of its own
   */
  take(caller: string): boolean {
    const now = this.#now()
    let minute = this.#countByCaller.get(caller)
    if (!minute || Math.abs(now - minute.startedAt) >= minuteMs) {
      // The map must not grow without a bound: the number of people at an identity provider is not limited.
      if (this.#countByCaller.size > 10_000) this.#countByCaller.clear()
      minute = { startedAt: now, count: 0 }
      this.#countByCaller.set(caller, minute)
    }
    return ++minute.count <= this.#maxPerMinute
  }
}
