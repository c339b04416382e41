/** The event streams of this process. A client that reads too slowly is disconnected. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Problem, TooManyRequests, Unavailable } from '../../problems/problem.ts'
import { setCommonHeaders } from '../request-state.ts'
import type { EventSink, EventSource, StreamEvent } from './event-source.ts'
import { formatFor, type StreamFormat } from './format.ts'
import { addToCount, endReason, refusalReason, StreamCounts, type StreamEnd } from './stream-counts.ts'

const heartbeatMs = 15_000
const maxStreams = 10_000
/** At most this many bytes may wait for a client. */
const maxWaitingBytes = 1024 * 1024
/** When fewer bytes wait, the client counts as having read most of them. */
const mostlyReadBytes = 64 * 1024
/** When a stream has ended, its client may take this long to read the bytes that were sent. */
const closeTimeoutMs = 5_000
/** The name of the last event of a resource's stream. */
const deletedEvent = 'deleted'

/** All streams of this process. */
export class EventStreams {
  readonly counts = new StreamCounts()
  readonly #open = new Set<OpenStream>()
  readonly #draining: AbortSignal
  readonly #maxPerToken: number
  /** The number of streams that are open or being opened, by token. */
  readonly #openByToken = new Map<string, number>()
  readonly #onClientGone: (request: FastifyRequest, reply: FastifyReply) => void
  readonly #isAdmitted: (request: FastifyRequest) => Promise<boolean>
  #heartbeatTimer: NodeJS.Timeout | undefined

  /**
   * @param maxPerToken limit of streams of one token
   * @param isAdmitted whether the client's token is still valid; checked at each heartbeat
   * @param onClientGone called when the client ends a stream, for which Fastify has no hook
   */
  constructor(
    draining: AbortSignal,
    maxPerToken: number,
    isAdmitted: (request: FastifyRequest) => Promise<boolean>,
    onClientGone: (request: FastifyRequest, reply: FastifyReply) => void,
  ) {
    this.#draining = draining
    this.#maxPerToken = maxPerToken
    this.#isAdmitted = isAdmitted
    this.#onClientGone = onClientGone
    draining.addEventListener('abort', () => {
      for (const stream of this.#open)
        stream.end('ShuttingDown', 'This process is shutting down; another one goes on from the last event.')
    })
  }

  /** Sends the stream until the client disconnects, the resource is deleted or the process stops. */
  async answer(
    request: FastifyRequest,
    reply: FastifyReply,
    source: EventSource,
    cursor: string | undefined,
  ): Promise<FastifyReply> {
    try {
      return await this.#begin(request, reply, source, cursor)
    } catch (error) {
      addToCount(this.counts.refused, refusalReason(error))
      throw error
    }
  }

  async #begin(
    request: FastifyRequest,
    reply: FastifyReply,
    source: EventSource,
    cursor: string | undefined,
  ): Promise<FastifyReply> {
    if (this.#draining.aborted) throw this.#draining.reason
    // When the client has already disconnected, no further `close` event follows.
    if (reply.raw.closed) return reply.hijack()
    if (this.#open.size >= maxStreams) {
      throw new Unavailable('TooManyStreams', `This process has ${maxStreams} open streams, its limit.`, {
        retryAfterSeconds: 30,
      })
    }
    const uncount = this.#countStream(request.caller?.name ?? '')
    const format = formatFor(request.acceptedType, source)
    const stream = new OpenStream(request, reply, format, {
      concernsManyResources: source.concernsManyResources ?? false,
      onSent: (name) => addToCount(this.counts.sent, name),
      onClosed: (reason) => {
        uncount()
        this.#close(stream, reason)
      },
    })
    const { first, close } = await source.open(cursor, stream)
    if (reply.raw.destroyed || this.#draining.aborted) {
      close()
      this.#draining.throwIfAborted()
      return reply
    }
    stream.onClose = close
    setCommonHeaders(request, reply, this.#draining)
    const headers = {
      ...reply.getHeaders(),
      'content-type': format.type,
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    }
    reply.hijack()
    this.#open.add(stream)
    // The token may have been revoked while the source was opened.
    this.#checkToken(stream)
    addToCount(this.counts.open, routeOf(request))
    this.#heartbeatTimer ??= setInterval(() => this.#sendHeartbeats(), heartbeatMs).unref()
    reply.raw.once('close', () => {
      if (!reply.raw.writableFinished) this.#onClientGone(request, reply)
    })
    reply.raw.writeHead(200, headers as Record<string, string>)
    // A stream of text may have nothing to send yet.
    reply.raw.flushHeaders()
    stream.begin(first)
    return reply
  }

  #sendHeartbeats(): void {
    for (const stream of this.#open) stream.sendHeartbeat()
    this.recheck()
  }

  /** Ends the streams of tokens that are no longer valid. */
  recheck(): void {
    for (const stream of this.#open) this.#checkToken(stream)
  }

  #checkToken(stream: OpenStream): void {
    // When the check fails, the token is checked again at the next heartbeat.
    this.#isAdmitted(stream.request).then(
      (admitted) => admitted || stream.end('Unauthorized', 'The token is no longer valid.'),
      () => {},
    )
  }

  /**
   * Counts a stream of the token.
   * @returns a function to call when the stream has ended
   * @throws TooManyRequests `TokenLimitExceeded`
   */
  #countStream(token: string): () => void {
    const open = this.#openByToken.get(token) ?? 0
    if (open >= this.#maxPerToken) {
      throw new TooManyRequests(
        'TokenLimitExceeded',
        `A token may have ${this.#maxPerToken} open streams in one process, and this token has that many.`,
        {
          retryAfterSeconds: 30,
        },
      )
    }
    this.#openByToken.set(token, open + 1)
    let isReleased = false
    return () => {
      if (isReleased) return
      isReleased = true
      const remaining = (this.#openByToken.get(token) ?? 1) - 1
      if (remaining === 0) this.#openByToken.delete(token)
      else this.#openByToken.set(token, remaining)
    }
  }

  #close(stream: OpenStream, reason: StreamEnd): void {
    if (!this.#open.delete(stream)) return
    addToCount(this.counts.open, routeOf(stream.request), -1)
    addToCount(this.counts.ended, reason)
    if (this.#open.size > 0) return
    clearInterval(this.#heartbeatTimer)
    this.#heartbeatTimer = undefined
  }
}

function routeOf({ routeOptions }: FastifyRequest): string {
  return routeOptions.config.preparedRoute?.path ?? 'none'
}

interface StreamContext {
  /** The stream goes on after a `deleted` event. */
  concernsManyResources: boolean
  /** Called for each event that is sent, also for `problem` and `end`. */
  onSent: (name: string) => void
  onClosed: (reason: StreamEnd) => void
}

class OpenStream implements EventSink {
  readonly request: FastifyRequest
  readonly #reply: FastifyReply
  readonly #format: StreamFormat
  readonly #context: StreamContext
  #isOver = false
  #hasBegun = false
  /** Resolves when the stream has begun, or has ended before it began. */
  readonly #begun = Promise.withResolvers<void>()
  readonly #eventsBeforeBegin: StreamEvent[] = []
  /** The reason why the stream ended before it began. */
  #endBeforeBegin: { code: string; detail: string } | undefined
  onClose: (() => void) | undefined

  constructor(request: FastifyRequest, reply: FastifyReply, format: StreamFormat, context: StreamContext) {
    this.request = request
    this.#reply = reply
    this.#format = format
    this.#context = context
    reply.raw.once('close', () => this.#onClosed('client_gone'))
  }

  begin(first: readonly StreamEvent[]): void {
    this.#hasBegun = true
    this.#write(this.#format.opening)
    for (const event of [...first, ...this.#eventsBeforeBegin]) this.sendEvent(event)
    this.#begun.resolve()
    if (this.#endBeforeBegin) this.end(this.#endBeforeBegin.code, this.#endBeforeBegin.detail)
  }

  sendEvent(event: StreamEvent): void {
    if (!this.#hasBegun) {
      this.#eventsBeforeBegin.push(event)
      return
    }
    this.#send(event.name, this.#format.bytesOf(event))
    if (event.name === deletedEvent && !this.#context.concernsManyResources) this.#finish('deleted')
  }

  sendProblem({ code, detail }: Problem): void {
    this.#send('problem', this.#format.noticeOf('problem', { code, detail }))
  }

  endWithProblem({ code, detail }: Problem): void {
    this.end(code, detail)
  }

  async waitUntilRead(): Promise<void> {
    await this.#begun.promise
    const { raw } = this.#reply
    while (!this.#isOver && raw.writableLength > mostlyReadBytes)
      await new Promise<void>((resolve) => {
        const done = () => {
          raw.off('drain', done).off('close', done)
          resolve()
        }
        raw.once('drain', done).once('close', done)
      })
  }

  /** Keeps the connection open. */
  sendHeartbeat(): void {
    this.#write(this.#format.heartbeat)
  }

  #write(bytes: Buffer): void {
    if (this.#isOver || !this.#hasBegun || bytes.length === 0) return
    const { raw } = this.#reply
    const waitingBytes = raw.writableLength
    raw.write(bytes)
    // The limit counts only earlier bytes, so that a single larger event can be sent.
    if (waitingBytes > maxWaitingBytes)
      this.end('SlowReader', `More than ${maxWaitingBytes} bytes wait to be read; go on from the last event that was.`)
  }

  /** Sends `end` as the last event, with the reason. */
  end(code: string, detail: string): void {
    if (this.#isOver) return
    if (!this.#hasBegun) {
      this.#endBeforeBegin = { code, detail }
      return
    }
    this.#context.onSent('end')
    this.#reply.raw.write(this.#format.noticeOf('end', { code, detail }))
    this.#finish(endReason(code))
  }

  #send(name: string, bytes: Buffer): void {
    if (this.#isOver || !this.#hasBegun) return
    this.#context.onSent(name)
    this.#write(bytes)
  }

  #finish(reason: StreamEnd): void {
    if (this.#isOver) return
    this.#isOver = true
    const { raw } = this.#reply
    raw.end()
    setTimeout(() => raw.destroy(), closeTimeoutMs).unref()
    this.#onClosed(reason)
  }

  #onClosed(reason: StreamEnd): void {
    this.#isOver = true
    this.#begun.resolve()
    this.#context.onClosed(reason)
    this.onClose?.()
    this.onClose = undefined
  }
}
