/**
 * A terminal between a client's WebSocket and a session's data channel. Binary messages carry input and output. Text
 * messages are JSON: the client sends `resize`, and the server sends `exit` and `warning`.
 *
 * The memory of a terminal is bounded: a client that does not read stops the command's output, and a command that does
 * not read stops the client's input. A terminal ends when its command, its client, the token that opened it or this
 * process ends, and at the limits of idle and total time.
 */
import type { WebSocket } from 'ws'
import type { TerminalSize } from './channel/channel.ts'
import { type ChannelEnd, Connection, type ConnectionOptions } from './channel/connection.ts'
import type { Recording } from './recording.ts'

/** Why a session ended; the `reason` of the client's `exit` message and of the audit log. */
export type ExitReason =
  | 'CommandEnded'
  | 'CommandNotStarted'
  | 'EndedByAws'
  | 'SessionExpired'
  | 'ConnectionLost'
  | 'TaskStopped'
  | 'Idle'
  | 'TimeLimit'
  /** The token that opened the terminal was revoked, has expired or lost the permission. */
  | 'TokenInvalid'
  /** Another terminal was opened under the same Idempotency-Key. */
  | 'Replaced'
  | 'ShuttingDown'
  | 'SessionRecordingFailed'
  | 'ClientGone'

export interface TerminalEnd {
  reason: ExitReason
  bytesIn: number
  bytesOut: number
  /** AWS has ended the session itself. */
  isEndedByAws: boolean
}

export interface TerminalDeps {
  socket: WebSocket
  connection: ConnectionOptions
  idleMs: number
  maxMs: number
  recording: Recording | undefined
  /** Returns why the task has stopped; undefined while it runs. Called while the agent is not connected. */
  findStopReason: () => Promise<string | undefined>
  /** Called once. */
  onEnd: (end: TerminalEnd) => void
}

/**
 * Limits of the output that a client has not read: above the first, reading from AWS pauses; below the second, it
 * resumes.
 */
const pauseOutputAboveBytes = 1_048_576
const resumeOutputBelowBytes = 262_144
/** Messages and pings of a client cause answers. A client that does not read them is disconnected above this limit. */
const disconnectAboveBytes = 2 * pauseOutputAboveBytes
/** Limits of the input that AWS has not acknowledged, at which reading from the client pauses and resumes. */
const pauseInputAboveBytes = 1_048_576
const resumeInputBelowBytes = 262_144
const closeTimeoutMs = 2_000
const taskCheckEveryMs = 1_000
/** How long the agent of a running task may be disconnected. */
const maxPauseMs = 60_000
const pingEveryMs = 30_000
/** The agent's errors for a command that could not be started, and for a session that could not be encrypted. */
const notStartedPattern = /Unable to start command|initiating handshake/

export class Terminal {
  readonly #deps: TerminalDeps
  readonly #connection: Connection
  readonly #startedAt = performance.now()
  #lastUsedAt = performance.now()
  #bytesIn = 0
  #bytesOut = 0
  #isOutputPaused = false
  #isInputPaused = false
  #hasEnded = false
  /** Identifies the present disconnection of the agent; undefined while the agent is connected. */
  #pause: object | undefined
  #taskCheck: NodeJS.Timeout | undefined
  #ping: NodeJS.Timeout | undefined

  constructor(deps: TerminalDeps) {
    this.#deps = deps
    this.#connection = new Connection(deps.connection, {
      onOutput: (bytes) => this.#sendOutput(bytes),
      onNotice: (text) => this.#warn(text),
      onPaused: (isPaused) => this.#watchTask(isPaused),
      onAcknowledged: () => this.#resumeInput(),
      onEnd: (end) => this.#onChannelEnd(end),
    })
  }

  open(): void {
    const { socket, recording } = this.#deps
    socket.on('message', (data, isBinary) => {
      this.#disconnectSlowReader()
      if (!Buffer.isBuffer(data)) return
      if (isBinary) this.#sendInput(data)
      else this.#applyMessage(String(data))
    })
    socket.on('ping', () => this.#disconnectSlowReader())
    socket.once('close', () => this.#finish('ClientGone'))
    recording?.onFailed(() => this.end('SessionRecordingFailed', 'The recording of this session cannot be written.'))
    this.#watchClient(socket)
    this.#connection.open()
  }

  /** Ends the session. @param warning a sentence for the client */
  end(reason: ExitReason, warning?: string): void {
    if (warning !== undefined) this.#warn(warning)
    this.#finish(reason)
  }

  /** Ends the session when its limit of idle or total time is reached. */
  checkTime(): void {
    const now = performance.now()
    const { idleMs, maxMs } = this.#deps
    if (now - this.#startedAt > maxMs) this.end('TimeLimit', 'This session has reached its maximum duration.')
    else if (now - this.#lastUsedAt > idleMs) this.end('Idle', 'This session ends because it was idle.')
  }

  /** Disconnects a client that does not read, because each of its messages can cause a warning or a pong. */
  #disconnectSlowReader(): void {
    const { socket } = this.#deps
    if (socket.bufferedAmount > disconnectAboveBytes) socket.terminate()
  }

  #sendInput(bytes: Buffer): void {
    this.#lastUsedAt = performance.now()
    this.#bytesIn += bytes.byteLength
    this.#connection.write(bytes)
    if (this.#isInputPaused || this.#connection.inputBacklogBytes <= pauseInputAboveBytes) return
    this.#isInputPaused = true
    this.#deps.socket.pause()
  }

  #resumeInput(): void {
    if (!this.#isInputPaused || this.#connection.inputBacklogBytes > resumeInputBelowBytes) return
    this.#isInputPaused = false
    this.#deps.socket.resume()
  }

  #applyMessage(text: string): void {
    const size = sizeIn(text)
    if (size) {
      this.#connection.resize(size)
      this.#deps.recording?.resize(size)
    } else this.#warn('A text message must be {"resize": {"columns": …, "rows": …}} with numbers from 1 to 1000.')
  }

  #sendOutput(bytes: Uint8Array): void {
    const { socket, recording } = this.#deps
    this.#lastUsedAt = performance.now()
    this.#bytesOut += bytes.byteLength
    recording?.output(bytes)
    socket.send(bytes, { binary: true }, () => this.#resumeOutput())
    if (this.#isOutputPaused || socket.bufferedAmount <= pauseOutputAboveBytes) return
    this.#isOutputPaused = true
    this.#connection.pauseOutput()
  }

  #resumeOutput(): void {
    if (!this.#isOutputPaused || this.#deps.socket.bufferedAmount > resumeOutputBelowBytes) return
    this.#isOutputPaused = false
    this.#connection.resumeOutput()
  }

  #warn(text: string): void {
    this.#sendText({ warning: text })
  }

  #sendText(message: object): void {
    const { socket } = this.#deps
    if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message))
  }

  #onChannelEnd(end: ChannelEnd): void {
    // AWS refuses a connection whose token has expired.
    if (end.kind === 'refused') this.#finish('SessionExpired')
    else if (end.kind === 'lost') this.end('ConnectionLost', 'The connection to the container was lost.')
    else this.#onSessionEnd(end.text)
  }

  #onSessionEnd(reason: string): void {
    if (reason !== '') this.#warn(reason)
    this.#finish(reason === '' ? 'CommandEnded' : notStartedPattern.test(reason) ? 'CommandNotStarted' : 'EndedByAws', {
      isEndedByAws: true,
    })
  }

  /** Checks the task while its agent is not connected. The channel does not end by itself when the task stops. */
  #watchTask(isPaused: boolean): void {
    clearTimeout(this.#taskCheck)
    this.#pause = undefined
    if (!isPaused || this.#hasEnded) return
    const pausedAt = performance.now()
    const pause = {}
    this.#pause = pause
    let hasWarned = false
    const checkTask = async () => {
      const stopReason = await this.#deps.findStopReason().catch(() => undefined)
      // The agent may be connected again by now, or be disconnected once more: that disconnection has its own check.
      if (this.#hasEnded || this.#pause !== pause) return
      if (stopReason !== undefined) return this.end('TaskStopped', `The task has stopped: ${stopReason}`)
      if (performance.now() - pausedAt > maxPauseMs)
        return this.end('ConnectionLost', 'The agent in the container did not come back.')
      if (!hasWarned) this.#warn('The agent in the container is not connected. Waiting for it.')
      hasWarned = true
      this.#taskCheck = setTimeout(checkTask, taskCheckEveryMs)
    }
    void checkTask()
  }

  /** Ends the session of a client that no longer answers pings. */
  #watchClient(socket: WebSocket): void {
    let hasAnswered = true
    socket.on('pong', () => {
      hasAnswered = true
    })
    this.#ping = setInterval(() => {
      // A paused socket receives no pongs, and a client that does not read output would answer late.
      if (this.#isInputPaused || this.#isOutputPaused) {
        hasAnswered = true
        return
      }
      if (!hasAnswered) return socket.terminate()
      hasAnswered = false
      socket.ping()
    }, pingEveryMs)
  }

  #finish(reason: ExitReason, { isEndedByAws = false } = {}): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    clearTimeout(this.#taskCheck)
    clearInterval(this.#ping)
    // AWS does not report the exit code of a terminal's command.
    this.#sendText({ exit: { code: null, reason } })
    const { socket, recording, onEnd } = this.#deps
    // A paused socket would not receive the closing handshake.
    socket.resume()
    socket.close(1000, reason)
    const timer = setTimeout(() => socket.terminate(), closeTimeoutMs)
    socket.once('close', () => clearTimeout(timer))
    if (socket.readyState === socket.CLOSED) clearTimeout(timer)
    this.#connection.close()
    recording?.end()
    onEnd({ reason, bytesIn: this.#bytesIn, bytesOut: this.#bytesOut, isEndedByAws })
  }
}

/** Returns the size in a client's text message; undefined when the message has no valid size. */
function sizeIn(text: string): TerminalSize | undefined {
  try {
    const { resize } = JSON.parse(text) as { resize?: { columns?: unknown; rows?: unknown } }
    const { columns, rows } = resize ?? {}
    return isLength(columns) && isLength(rows) ? { columns, rows } : undefined
  } catch {
    return undefined
  }
}

function isLength(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 1000
}
