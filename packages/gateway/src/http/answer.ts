import type { WebSocket } from 'ws'
import type { CompressedBodies } from './compression.ts'

/** A handler's result when it is more than a value to be sent with 200. */
export class Answer<T = unknown> {
  readonly status: number
  readonly value: T
  readonly headers: Readonly<Record<string, string>>
  /** The response of a repeated request. */
  readonly kept: KeptAnswer
  /** The text that is sent in place of JSON. */
  readonly text: Text | undefined

  constructor(
    status: number,
    value: T,
    headers: Readonly<Record<string, string>> = {},
    { kept = { status, value }, text }: { kept?: KeptAnswer; text?: Text } = {},
  ) {
    this.status = status
    this.value = value
    this.headers = headers
    this.kept = kept
    this.text = text
  }

  /** The same response with more headers. */
  withHeaders(headers: Readonly<Record<string, string>>): Answer<T> {
    return new Answer(
      this.status,
      this.value,
      { ...this.headers, ...headers },
      { kept: this.kept, ...(this.text && { text: this.text }) },
    )
  }

  /** The same response, whose replay has another value, such as one without a secret that is shown once. */
  keptAs(value: unknown, status = this.status): Answer<T> {
    return new Answer(this.status, this.value, this.headers, { kept: { status, value } })
  }
}

interface KeptAnswer {
  status: number
  value: unknown
}

/** A handler's result that turns the connection into a WebSocket. Only for routes with a `subprotocol`. */
export class Upgrade {
  /** Gets the open WebSocket, before the client can send anything. */
  readonly begin: (socket: WebSocket) => void
  /** Called instead of `begin` when the client left before. */
  readonly onGone: () => void

  constructor(begin: (socket: WebSocket) => void, onGone: () => void) {
    this.begin = begin
    this.onGone = onGone
  }
}

interface Text {
  /** One of the route's `alsoProduces`. */
  type: string
  payload: string
}

/** The forms of response that a handler can choose from; a plain value means 200. */
export interface Reply {
  /** 200 with more than a value. */
  ok<T>(value: T): Answer<T>
  /** 200 with `payload` in another media type than JSON. A `nextCursor` of `value` becomes a `Link`. */
  text<T>(value: T, type: string, payload: string): Answer<T>
  /**
   * 201. `location` is the resource's path below the base path, such as `/nonprod/clusters/web`; absent for several
   * resources.
   */
  created<T>(value: T, location?: string): Answer<T>
  /** 202: the wait timed out. The change goes on. */
  accepted<T>(value: T, location?: string): Answer<T>
  /** 302 to `location`: a path from the root, or the URL of another host. */
  redirect(location: string): Answer<null>
}

export function replyUnder(base: string): Reply {
  const located = (location: string | undefined): Record<string, string> =>
    location === undefined ? {} : { location: base + location }
  return {
    ok: (value) => new Answer(200, value),
    text: (value, type, payload) => new Answer(200, value, {}, { text: { type, payload } }),
    created: (value, location) => new Answer(201, value, located(location)),
    accepted: (value, location) => new Answer(202, value, located(location)),
    redirect: (location) => new Answer(302, null, { location }),
  }
}

/**
 * An answer that is serialised already, such as a cached one. A handler may return one instead of a value.
 */
export interface SerialisedAnswer {
  payload: Buffer
  etag: string
  /** When AWS was asked for it, on the clock of `performance.now()`. */
  requestedAt: number
  /** How old the answer may be without being stale, in milliseconds, where that is not 2 s. */
  freshMs?: number
  nextCursor?: string
  /** The compressed forms that were made so far. */
  compressed: CompressedBodies
  onCompressed?: () => void
  /** The cached answer to the same question now; undefined where the handler must be called. */
  latestIfFresh?: () => SerialisedAnswer | undefined
}

/** Distinguishes a serialised answer from a value: no value that becomes JSON has bytes. */
export function isSerialised(value: unknown): value is SerialisedAnswer {
  return typeof value === 'object' && value !== null && 'payload' in value && Buffer.isBuffer(value.payload)
}
