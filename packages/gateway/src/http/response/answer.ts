import type { WebSocket } from 'ws'
import type { CompressedBodies } from './compression.ts'

/** A handler's result when it is more than a value to be sent with 200. */
export class Answer<T = unknown> {
  readonly status: number
  readonly value: T
  readonly headers: Readonly<Record<string, string>>
  /** The response to a repeated request with the same `Idempotency-Key`. */
  readonly replay: ReplayedResponse
  /** The text that is sent in place of JSON. */
  readonly text: TextBody | undefined

  constructor(
    status: number,
    value: T,
    headers: Readonly<Record<string, string>> = {},
    { replay = { status, value }, text }: { replay?: ReplayedResponse; text?: TextBody } = {},
  ) {
    this.status = status
    this.value = value
    this.headers = headers
    this.replay = replay
    this.text = text
  }

  /** The same response with more headers. */
  withHeaders(headers: Readonly<Record<string, string>>): Answer<T> {
    return new Answer(
      this.status,
      this.value,
      { ...this.headers, ...headers },
      { replay: this.replay, ...(this.text && { text: this.text }) },
    )
  }

  /** The same response with another replay. A secret, for example, is sent once and left out of the replay. */
  withReplay(value: unknown, status = this.status): Answer<T> {
    return new Answer(this.status, this.value, this.headers, { replay: { status, value } })
  }
}

interface ReplayedResponse {
  status: number
  value: unknown
}

/** A handler's result that turns the connection into a WebSocket. Only for routes with a `subprotocol`. */
export class Upgrade {
  /** Gets the open WebSocket, before the client can send anything. */
  readonly begin: (socket: WebSocket) => void
  /** Called instead of `begin` when the client has disconnected. */
  readonly onClientGone: () => void

  constructor(begin: (socket: WebSocket) => void, onClientGone: () => void) {
    this.begin = begin
    this.onClientGone = onClientGone
  }
}

interface TextBody {
  /** One of the route's `alsoProduces`. */
  type: string
  payload: string
}

/** The responses that a handler can choose. A plain value is sent with 200. */
export interface Reply {
  /** 200, to which headers can be added. */
  ok<T>(value: T): Answer<T>
  /** 200 with `payload` in another media type than JSON. A `nextCursor` of `value` becomes a `Link`. */
  text<T>(value: T, type: string, payload: string): Answer<T>
  /**
   * 201. `location` is the resource's path below the base path, such as `/nonprod/clusters/web`; undefined when several
   * resources were created.
   */
  created<T>(value: T, location?: string): Answer<T>
  /** 202: the wait timed out. The change goes on. */
  accepted<T>(value: T, location?: string): Answer<T>
  /** 302 to `location`: a path from the root, or the URL of another host. */
  redirect(location: string): Answer<null>
}

export function createReply(base: string): Reply {
  const locationHeader = (location: string | undefined): Record<string, string> =>
    location === undefined ? {} : { location: base + location }
  return {
    ok: (value) => new Answer(200, value),
    text: (value, type, payload) => new Answer(200, value, {}, { text: { type, payload } }),
    created: (value, location) => new Answer(201, value, locationHeader(location)),
    accepted: (value, location) => new Answer(202, value, locationHeader(location)),
    redirect: (location) => new Answer(302, null, { location }),
  }
}

/**
 * An answer as bytes, such as a cached one. A handler may return it instead of a value.
 */
export interface SerialisedAnswer {
  payload: Buffer
  etag: string
  /** When the answer was requested from AWS, on the clock of `performance.now()`. */
  requestedAt: number
  /** An older answer is stale; by default after 2 s. */
  maxFreshAgeMs?: number
  nextCursor?: string
  /** The compressed forms that have been made. */
  compressed: CompressedBodies
  onCompressed?: () => void
  /** Returns the newest cached answer to the same request; undefined when the handler must be called. */
  latestIfFresh?: () => SerialisedAnswer | undefined
}

/** Whether the value is a serialised answer: values that become JSON have no bytes in `payload`. */
export function isSerialisedAnswer(value: unknown): value is SerialisedAnswer {
  return typeof value === 'object' && value !== null && 'payload' in value && Buffer.isBuffer(value.payload)
}
