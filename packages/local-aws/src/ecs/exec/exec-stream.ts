/**
 * One session of ECS Exec on its WebSocket. This side is two parts of AWS: the agent in the container, and the message
 * gateway between agent and client.
 *
 * Without a KMS key there is no handshake: the first message is output. With a key, the command starts after the
 * handshake, and output and input are encrypted.
 *
 * A session ends with the message `channel_closed`, unless its container ends. The agent ends with the container, and
 * the gateway then answers every message with `pause_publication`.
 */
import type { WebSocket } from 'ws'
import type { Clock } from '../../clock.ts'
import type { Ids } from '../../ids.ts'
import { decodeMessage, encodeMessage, payloadTypes } from '../../protocol/session-message.ts'
import { type ExecSession, RuntimeFault } from '../../runtimes/runtime.ts'
import { createExecChannel } from './exec-channel.ts'
import type { ExecCipher } from './exec-cipher.ts'
import { closeChannel } from './exec-closing.ts'
import { HandshakeFault, openAgentHandshake, type SessionKey } from './exec-handshake.ts'
import { splitOutput } from './exec-output.ts'
import { createTerminalResizer, readTerminalSize } from './exec-size.ts'

export interface SessionDeps {
  sessionId: string
  socket: WebSocket
  /** The key of the cluster's configuration; undefined for a session without encryption. */
  key: SessionKey | undefined
  /**
   * Starts the command, with a terminal.
   * @throws RuntimeFault when that is not possible.
   */
  startCommand: () => Promise<ExecSession>
  /** Resolves when the container of the command has ended. */
  whenContainerEnded: (signal: AbortSignal) => Promise<void>
  clock: Clock
  ids: Ids
  onUnexpectedError: (error: unknown) => void
}

export interface RunningSession {
  /**
   * Ends the session and its command.
   * @param output the reason, which the client shows
   */
  end(output?: string): void
  /** Resolves when the session and its command have ended. Never rejects. */
  ended: Promise<void>
}

/** The agent sends no output before this time, unless the client has sent the size of its terminal. */
const FIRST_OUTPUT_AFTER_MS = 1_000
/** How long the agent waits for acknowledgements at the end of a session. */
const LAST_ACKNOWLEDGEMENTS_MS = 2_000
/** How long to wait for the end of the container after its command has ended by a kill. */
const CONTAINER_END_MS = 2_000
/** The idle timeout (ECS Developer Guide, "Using ECS Exec"). */
const IDLE_MS = 20 * 60_000
/** The agent's interval between pings. */
const PING_EVERY_MS = 54_000
/** Bytes that a slow client may leave unread before the command has to wait. */
const MAX_BUFFERED_BYTES = 1_048_576
const SIGKILL_EXIT_CODE = 128 + 9

/** Starts the command and connects it to the WebSocket. */
export function runSession({
  sessionId,
  socket,
  key,
  startCommand,
  whenContainerEnded,
  clock,
  ids,
  onUnexpectedError,
}: SessionDeps): RunningSession {
  const sessionEnd = new AbortController()
  const clientReady = Promise.withResolvers<void>()
  const agentGone = Promise.withResolvers<void>()
  let isAgentGone = false
  let command: ExecSession | undefined
  let cipher: ExecCipher | undefined
  let lastUsedAt = clock.now()
  const channel = createExecChannel({
    send: (message) => socket.send(message),
    onInput: handleInput,
    isBusy: () => command?.input.writableNeedDrain ?? false,
    clock,
    ids,
  })
  const handshake =
    key && openAgentHandshake({ key, send: (...message) => channel.send(...message), clock, signal: sessionEnd.signal })
  const resize = createTerminalResizer(() => (sessionEnd.signal.aborted || isAgentGone ? undefined : command))

  function handleInput(payloadType: number, payload: Uint8Array): boolean {
    if (handshake && !cipher) {
      handshake.receive(payloadType, payload)
      return true
    }
    if (!command) return false
    lastUsedAt = clock.now()
    if (payloadType === payloadTypes.bytes) {
      const bytes = decrypted(payload)
      if (!bytes) return false
      if (command.input.writable && !command.input.write(bytes)) command.input.once('drain', channel.drainInput)
    }
    if (payloadType === payloadTypes.size) {
      resize(readTerminalSize(payload))
      clientReady.resolve()
    }
    // The agent of a shell session accepts other payloads, such as the flag TerminateSession, and ignores them.
    return true
  }

  /** Undefined for a payload that is not encrypted with the client's key: the agent does not acknowledge it. */
  function decrypted(payload: Uint8Array): Uint8Array | undefined {
    try {
      return cipher ? cipher.decrypt(payload) : payload
    } catch {
      return undefined
    }
  }

  function sendPause(): void {
    const message = {
      type: 'pause_publication',
      sequence: 0,
      flags: 0,
      id: ids.uuid(),
      payloadType: 0,
      payload: Buffer.alloc(0),
    } as const
    socket.send(encodeMessage(message, clock.now()))
  }

  socket.on('message', (data, isBinary) => {
    const message = isBinary && Buffer.isBuffer(data) ? decodeMessage(data) : undefined
    if (!message) return
    if (isAgentGone) sendPause()
    else channel.receive(message)
  })
  socket.once('close', () => sessionEnd.abort())

  function endSession(output = ''): void {
    if (sessionEnd.signal.aborted) return
    closeChannel(socket, { sessionId, output }, { clock, ids })
    sessionEnd.abort()
  }

  async function watchContainer(): Promise<void> {
    await whenContainerEnded(sessionEnd.signal)
    isAgentGone = true
    channel.close()
    sendPause()
    agentGone.resolve()
  }

  async function sendCommandOutput({ output }: ExecSession): Promise<void> {
    for await (const payload of splitOutput(output)) {
      await channel.waitWhilePaused()
      if (sessionEnd.signal.aborted || isAgentGone) return
      lastUsedAt = clock.now()
      channel.send(payloadTypes.bytes, cipher ? cipher.encrypt(payload) : payload)
      while (socket.bufferedAmount > MAX_BUFFERED_BYTES && !sessionEnd.signal.aborted) await whenFlushed(socket)
    }
  }

  async function startSession(): Promise<ExecSession> {
    cipher = await handshake?.perform()
    command = await startCommand()
    return command
  }

  async function relayOutput(command: ExecSession): Promise<void> {
    await firstOrTimeout(clock, FIRST_OUTPUT_AFTER_MS, clientReady.promise, whenAborted(sessionEnd.signal))
    if (sessionEnd.signal.aborted) return
    await sendCommandOutput(command)
    const exitCode = await command.exitCode()
    // Processes that are killed with their container end a moment before the container does.
    if (exitCode === undefined || exitCode === SIGKILL_EXIT_CODE)
      await firstOrTimeout(clock, CONTAINER_END_MS, agentGone.promise, whenAborted(sessionEnd.signal))
    if (isAgentGone) return
    await channel.waitForAcknowledgements(LAST_ACKNOWLEDGEMENTS_MS)
    endSession()
  }

  function endWithError(error: unknown): void {
    if (sessionEnd.signal.aborted || isAgentGone) return
    endSession(`\n----------ERROR-------\n${reasonOf(error)}\n`)
  }

  function reasonOf(error: unknown): string {
    if (error instanceof RuntimeFault) return error.message
    if (error instanceof HandshakeFault) return `Encountered error while initiating handshake. ${error.message}`
    onUnexpectedError(error)
    return 'The command could not be run.'
  }

  const stopTimers = [
    repeatAtTimes(clock, IDLE_MS, () => {
      if (clock.now() - lastUsedAt < IDLE_MS) return lastUsedAt + IDLE_MS
      endSession()
      return undefined
    }),
    pingAtIntervals(socket, clock),
  ]

  async function runToEnd(): Promise<void> {
    watchContainer().catch((error: unknown) => {
      if (!sessionEnd.signal.aborted) onUnexpectedError(error)
    })
    const starting = startSession()
    const running = starting.then(relayOutput).catch(endWithError)
    await Promise.race([whenAborted(sessionEnd.signal), agentGone.promise])
    clientReady.resolve()
    channel.close()
    await starting.catch(() => {})
    await command?.hangUp().catch(onUnexpectedError)
    await running
    await whenAborted(sessionEnd.signal)
    for (const stop of stopTimers) stop()
  }

  return { end: endSession, ended: runToEnd().catch(onUnexpectedError) }
}

/** Calls back after `ms`, and then at each time that the callback returns. Returns a function that stops it. */
function repeatAtTimes(clock: Clock, ms: number, callback: () => number | undefined): () => void {
  let stop = clock.at(clock.now() + ms, run)
  function run() {
    const next = callback()
    if (next !== undefined) stop = clock.at(next, run)
  }
  return () => stop()
}

/** Pings the client at intervals. Closes the connection when a ping was not answered before the next one. */
function pingAtIntervals(socket: WebSocket, clock: Clock): () => void {
  let isAnswered = true
  socket.on('pong', () => {
    isAnswered = true
  })
  return repeatAtTimes(clock, PING_EVERY_MS, () => {
    if (!isAnswered) socket.terminate()
    isAnswered = false
    socket.ping()
    return clock.now() + PING_EVERY_MS
  })
}

/** Resolves with the first of the events, or after `ms`. */
async function firstOrTimeout(clock: Clock, ms: number, ...events: Promise<void>[]): Promise<void> {
  const { promise: timeout, resolve } = Promise.withResolvers<void>()
  const cancel = clock.at(clock.now() + ms, resolve)
  await Promise.race([timeout, ...events])
  cancel()
}

function whenAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

/** Resolves when the client has received all data sent so far: it answers a ping only after the data sent before it. */
function whenFlushed(socket: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      socket.off('pong', done)
      socket.off('close', done)
      resolve()
    }
    socket.once('pong', done).once('close', done)
    socket.ping()
  })
}
