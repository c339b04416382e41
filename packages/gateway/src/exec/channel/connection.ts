/**
 * The WebSocket of a session's data channel: carries out the actions of `channel.ts`, resumes a lost connection once,
 * and always ends, at the latest when AWS has sent nothing for half a minute after the start.
 */
import { randomUUID } from 'node:crypto'
import type { Agent } from 'node:http'
import { createRequire } from 'node:module'
import type { WebSocket } from 'ws'
import { Channel, type ChannelAction, type ChannelEvent, type TerminalSize } from './channel.ts'
import type { KeyRequest } from './handshake.ts'
import { type ChannelMessage, decodeMessage, encodeMessage } from './message.ts'

/** The URL and the token that open the connection: both are secrets. */
export interface StreamAddress {
  streamUrl: string
  tokenValue: string
}

/**
 * How the channel ended.
 * - `closed`: the session ended; `text` is AWS's reason, empty for a command that ended
 * - `refused`: AWS did not accept the token
 * - `lost`: the connection broke and could not be resumed
 */
export type ChannelEnd = { kind: 'closed'; text: string } | { kind: 'refused' } | { kind: 'lost' }

export interface ConnectionListener {
  onOutput: (bytes: Uint8Array) => void
  /** Called with a text of AWS for the person at the terminal. */
  onNotice: (text: string) => void
  /** Called with `true` when the agent is no longer connected, and with `false` when it is connected again. */
  onPaused: (isPaused: boolean) => void
  /** Called when AWS has acknowledged input. */
  onAcknowledged: () => void
  /** Called once; nothing else is called afterwards. */
  onEnd: (end: ChannelEnd) => void
}

export interface ConnectionOptions {
  address: StreamAddress
  size: TerminalSize
  /** The agents for connections through a proxy or with private certificate authorities. */
  httpAgents: { http: Agent; https: Agent } | undefined
  /** Returns a new address of the session; undefined when it cannot be resumed. */
  resume: () => Promise<StreamAddress | undefined>
  /** Has KMS generate the session's data key. When this fails, the message of the error is sent to the agent. */
  generateKey: (request: KeyRequest) => Promise<{ plaintext: Uint8Array; ciphertext: Uint8Array }>
}

/** A larger frame than any that the agent sends. */
const maxFrameBytes = 1_048_576
const connectTimeoutMs = 10_000
/** How long AWS may send nothing after a connection was opened. */
const firstMessageTimeoutMs = 30_000
/** The agent's interval between pings. */
const pingEveryMs = 54_000
/** A closing code of RFC 6455. AWS sends it when it rejects the token. */
const policyViolation = 1008
/** How long to wait for the closing code of a session that ends before it has begun. */
const closingCodeTimeoutMs = 1_000
const closeTimeoutMs = 2_000
/** The version of AWS's plugin that this client reports. */
const clientVersion = '1.2.677.0'

const require = createRequire(import.meta.url)

/** Milliseconds since 1970, on a clock that never jumps. */
const now = () => Math.round(performance.timeOrigin + performance.now())

export class Connection {
  readonly #options: ConnectionOptions
  readonly #listener: ConnectionListener
  readonly #channel: Channel
  readonly #clientId = randomUUID()
  #socket: WebSocket | undefined
  #checkTimer: NodeJS.Timeout | undefined
  #checkAt = Number.POSITIVE_INFINITY
  /** Whether a message has arrived on the present connection. */
  #hasReceived = false
  /** Whether a message has arrived on an earlier connection. */
  #hasReceivedEarlier = false
  #wasResumed = false
  #isOutputPaused = false
  #hasEnded = false

  constructor(options: ConnectionOptions, listener: ConnectionListener) {
    this.#options = options
    this.#listener = listener
    this.#channel = new Channel({ size: options.size, newId: randomUUID })
  }

  open(): void {
    this.#connect(this.#options.address)
  }

  write(bytes: Uint8Array): void {
    this.#handle({ kind: 'input', bytes })
  }

  resize(size: TerminalSize): void {
    this.#handle({ kind: 'resize', size })
  }

  /** The memory of the input that AWS has not acknowledged, in bytes. */
  get inputBacklogBytes(): number {
    return this.#channel.inputBacklogBytes
  }

  /** Stops reading from AWS. The agent stops reading its command once the connection is full. */
  pauseOutput(): void {
    this.#isOutputPaused = true
    const socket = this.#socket
    if (socket?.readyState === socket?.OPEN) socket?.pause()
  }

  resumeOutput(): void {
    this.#isOutputPaused = false
    const socket = this.#socket
    if (socket?.readyState === socket?.OPEN) socket?.resume()
  }

  /** Closes the connection, which does not end the session. `onEnd` is not called. */
  close(): void {
    this.#stop()
  }

  #connect({ streamUrl, tokenValue }: StreamAddress): void {
    const { httpAgents } = this.#options
    const agent = streamUrl.startsWith('wss:') ? httpAgents?.https : httpAgents?.http
    // Loaded at the first session, which few gateways have.
    const { WebSocket } = require('ws') as typeof import('ws')
    let socket: WebSocket
    try {
      socket = new WebSocket(streamUrl, {
        maxPayload: maxFrameBytes,
        handshakeTimeout: connectTimeoutMs,
        perMessageDeflate: false,
        ...(agent && { agent }),
      })
    } catch {
      // The endpoint's response had no valid URL of a WebSocket.
      this.#end({ kind: 'lost' })
      return
    }
    this.#socket = socket
    this.#hasReceived = false
    // `close` follows every error.
    socket.on('error', () => {})
    socket.on('open', () => {
      const token = {
        MessageSchemaVersion: '1.0',
        RequestId: randomUUID(),
        TokenValue: tokenValue,
        ClientId: this.#clientId,
        ClientVersion: clientVersion,
      }
      socket.send(JSON.stringify(token))
      this.#terminateOnSilence(socket)
      if (this.#isOutputPaused) socket.pause()
      this.#handle({ kind: 'opened' })
    })
    socket.on('message', (data) => {
      const message = socket === this.#socket && Buffer.isBuffer(data) ? decodeMessage(data) : undefined
      if (!message) return
      if (message.type === 'channel_closed' && !this.#hasReceived) return this.#awaitClosingCode(socket, message)
      this.#hasReceived = true
      this.#handle({ kind: 'received', message })
    })
    socket.on('close', () => {
      if (socket === this.#socket) this.#resumeOrEnd()
    })
  }

  /**
   * Waits for the WebSocket's closing code. Without it, a rejected token looks like the end of a session that has not
   * begun.
   */
  #awaitClosingCode(socket: WebSocket, message: ChannelMessage): void {
    const end = (code?: number) => {
      clearTimeout(timer)
      socket.off('close', end)
      if (socket !== this.#socket) return
      if (code === policyViolation) this.#resumeOrEnd()
      else this.#handle({ kind: 'received', message })
    }
    const timer = setTimeout(end, closingCodeTimeoutMs)
    socket.prependOnceListener('close', end)
  }

  /** Terminates a connection on which AWS sends no first message, or does not answer a ping. */
  #terminateOnSilence(socket: WebSocket): void {
    const firstMessageTimer = setTimeout(() => {
      if (!this.#hasReceived) socket.terminate()
    }, firstMessageTimeoutMs)
    let isAnswered = true
    socket.on('pong', () => {
      isAnswered = true
    })
    const pings = setInterval(() => {
      // A paused socket reads no pongs.
      if (this.#isOutputPaused) return
      if (!isAnswered) socket.terminate()
      isAnswered = false
      socket.ping('keepalive')
    }, pingEveryMs)
    socket.once('close', () => {
      clearTimeout(firstMessageTimer)
      clearInterval(pings)
    })
  }

  /** Resumes a session after its connection was lost. Ends instead when a resumed connection has received nothing. */
  #resumeOrEnd(): void {
    if (this.#hasEnded) return
    const end: ChannelEnd = this.#hasReceivedEarlier || this.#hasReceived ? { kind: 'lost' } : { kind: 'refused' }
    this.#hasReceivedEarlier ||= this.#hasReceived
    this.#socket = undefined
    if (this.#wasResumed && !this.#hasReceived) {
      this.#end(end)
      return
    }
    this.#wasResumed = true
    this.#options.resume().then(
      (address) => {
        if (this.#hasEnded) return
        if (address) this.#connect(address)
        else this.#end(end)
      },
      () => this.#end(end),
    )
  }

  #handle(event: ChannelEvent): void {
    if (this.#hasEnded) return
    for (const action of this.#channel.handle(event, now())) this.#carryOut(action)
    if (event.kind === 'received' && event.message.type === 'acknowledge') this.#listener.onAcknowledged()
    this.#checkLater()
  }

  #carryOut(action: ChannelAction): void {
    switch (action.kind) {
      case 'send':
        // Without a connection the message stays in flight, and is sent again when the connection is resumed.
        if (this.#socket?.readyState === this.#socket?.OPEN) this.#socket?.send(encodeMessage(action.message))
        return
      case 'output':
        this.#listener.onOutput(action.bytes)
        return
      case 'notice':
        this.#listener.onNotice(action.text)
        return
      case 'ready':
        return
      case 'paused':
      case 'resumed':
        this.#listener.onPaused(action.kind === 'paused')
        return
      case 'request-key':
        this.#options.generateKey(action.request).then(
          (key) => this.#handle({ kind: 'key', ...key }),
          (error: unknown) => this.#handle({ kind: 'no-key', failure: String((error as Error).message) }),
        )
        return
      case 'closed':
        this.#end({ kind: 'closed', text: action.text })
        return
    }
  }

  #checkLater(): void {
    const at = this.#hasEnded ? undefined : this.#channel.nextCheckAt(now())
    // An earlier check is kept, because a busy channel would postpone it for ever.
    if (at === undefined || at >= this.#checkAt) return
    clearTimeout(this.#checkTimer)
    this.#checkAt = at
    this.#checkTimer = setTimeout(
      () => {
        this.#checkAt = Number.POSITIVE_INFINITY
        this.#handle({ kind: 'time' })
      },
      Math.max(1, at - now()),
    )
  }

  #end(end: ChannelEnd): void {
    if (this.#hasEnded) return
    this.#stop()
    this.#listener.onEnd(end)
  }

  #stop(): void {
    this.#hasEnded = true
    clearTimeout(this.#checkTimer)
    const socket = this.#socket
    this.#socket = undefined
    if (!socket) return
    // A paused socket reads no closing handshake.
    socket.resume()
    socket.close()
    const timer = setTimeout(() => socket.terminate(), closeTimeoutMs)
    socket.once('close', () => clearTimeout(timer))
  }
}
