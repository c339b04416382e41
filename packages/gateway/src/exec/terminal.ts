/**
 * A terminal between a client's WebSocket and a session's data channel. Binary messages are input and output; texts are
 * JSON: the client sends `resize`, the server `exit` and `warning`.
 *
 * It is bounded in both directions: a client that does not read stops the command's output, and a command that does not
 * read stops the client's input. It always ends: by the command, the client, the limits of idle and total time, the end
 * of the token or of this process.
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
  | 'TokenInvalid'
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
  /** Why the task has stopped; undefined while it runs. Called while the agent is not connected. */
  findStopReason: () => Promise<string | undefined>
  /** Called once. */
  onEnd: (end: TerminalEnd) => void
}

/** Output that a slow client has not read. Reading from AWS pauses above the first number, and resumes below the second. */
const pauseOutputAboveBytes = 1_048_576
const resumeOutputBelowBytes = 262_144
/** Each message and ping gets an answer. A client that reads none is disconnected above this. */
const disconnectAboveBytes = 2 * pauseOutputAboveBytes
/** Input that AWS has not acknowledged. Reading from the client pauses and resumes in the same way. */
const pauseInputAboveBytes = 1_048_576
const resumeInputBelowBytes = 262_144
const closeTimeoutMs = 2_000
const taskCheckEveryMs = 1_000
/** How long the agent of a running task may be disconnected. */
const maxPauseMs = 60_000
const pingEveryMs = 30_000
/** The agent's words for a command that it could not start, and for a session that could not be encrypted. */
const notStarted = /Unable to start command|initiating handshake/

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
  #taskCheck: NodeJS.Timeout | undefined
  #ping: NodeJS.Timeout | undefined

  constructor(deps: TerminalDeps) {
    this.#deps = deps
    this.#connection = new Connection(deps.connection, {
      onOutput: (bytes) => this.#sendOutput(bytes),
      onNotice: (text) => this.#warn(text),
      onPaused: (isPaused) => this.#watchTask(isPaused),
      onAcknowledged: () => this.#readInputAgain(),
      onEnd: (end) => this.#channelEnded(end),
    })
  }

  open(): void {
    const { socket, recording } = this.#deps
    socket.on('message', (data, isBinary) => {
      this.#requireReader()
      if (!Buffer.isBuffer(data)) return
      if (isBinary) this.#sendInput(data)
      else this.#applyMessage(String(data))
    })
    socket.on('ping', () => this.#requireReader())
    socket.once('close', () => this.#end('ClientGone'))
    recording?.onFailed(() => this.end('SessionRecordingFailed', 'The recording of this session cannot be written.'))
    this.#watchClient(socket)
    this.#connection.open()
  }

  /** Ends the session. @param warning a sentence for the client */
  end(reason: ExitReason, warning?: string): void {
    if (warning !== undefined) this.#warn(warning)
    this.#end(reason)
  }

  /** Ends the session when a limit of its time is reached. */
  checkTime(): void {
    const now = performance.now()
    const { idleMs, maxMs } = this.#deps
    if (now - this.#startedAt > maxMs) this.end('TimeLimit', 'This session has reached its maximum duration.')
    else if (now - this.#lastUsedAt > idleMs) this.end('Idle', 'This session ends because it was idle.')
  }

  /** Disconnects a client that does not read: warnings and pongs, which its messages cause, must not pile up. */
  #requireReader(): void {
    const { socket } = this.#deps
    if (socket.bufferedAmount > disconnectAboveBytes) socket.terminate()
  }

  #sendInput(bytes: Buffer): void {
    this.#lastUsedAt = performance.now()
    this.#bytesIn += bytes.byteLength
    this.#connection.write(bytes)
    if (this.#isInputPaused || this.#connection.inputBacklog <= pauseInputAboveBytes) return
    this.#isInputPaused = true
    this.#deps.socket.pause()
  }

  #readInputAgain(): void {
    if (!this.#isInputPaused || this.#connection.inputBacklog > resumeInputBelowBytes) return
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
    socket.send(bytes, { binary: true }, () => this.#readOutputAgain())
    if (this.#isOutputPaused || socket.bufferedAmount <= pauseOutputAboveBytes) return
    this.#isOutputPaused = true
    this.#connection.pauseOutput(true)
  }

  #readOutputAgain(): void {
    if (!this.#isOutputPaused || this.#deps.socket.bufferedAmount > resumeOutputBelowBytes) return
    this.#isOutputPaused = false
    this.#connection.pauseOutput(false)
  }

  #warn(text: string): void {
    this.#sendText({ warning: text })
  }

  #sendText(message: object): void {
    const { socket } = this.#deps
    if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message))
  }

  #channelEnded(end: ChannelEnd): void {
    if (end.kind === 'refused') this.#end('SessionExpired')
    else if (end.kind === 'lost') this.end('ConnectionLost', 'The connection to the container was lost.')
    else this.#sessionEnded(end.text)
  }

  #sessionEnded(reason: string): void {
    if (reason !== '') this.#warn(reason)
    this.#end(reason === '' ? 'CommandEnded' : notStarted.test(reason) ? 'CommandNotStarted' : 'EndedByAws', true)
  }

  /** The channel of a task that stops does not end: AWS only reports that the agent is not connected. */
  #watchTask(isPaused: boolean): void {
    clearTimeout(this.#taskCheck)
    if (!isPaused || this.#hasEnded) return
    const since = performance.now()
    let hasWarned = false
    const checkTask = async () => {
      const stop = await this.#deps.findStopReason().catch(() => undefined)
      if (this.#hasEnded) return
      if (stop !== undefined) return this.end('TaskStopped', `The task has stopped: ${stop}`)
      if (performance.now() - since > maxPauseMs)
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
      // A paused socket reads no pongs, and one that does not read output would answer late.
      if (this.#isInputPaused || this.#isOutputPaused) return
      if (!hasAnswered) return socket.terminate()
      hasAnswered = false
      socket.ping()
    }, pingEveryMs)
  }

  #end(reason: ExitReason, isEndedByAws = false): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    clearTimeout(this.#taskCheck)
    clearInterval(this.#ping)
    // AWS does not report the exit code of a terminal's command.
    this.#sendText({ exit: { code: null, reason } })
    const { socket, recording, onEnd } = this.#deps
    // A paused socket reads no closing handshake.
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

/** The size in a client's text message; undefined when it has none. */
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
