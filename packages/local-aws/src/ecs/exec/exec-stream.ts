/**
 * One session of ECS Exec on its WebSocket. It acts as the agent, and as the message gateway between agent and client.
 *
 * Without a KMS key there is no handshake: the first message is output. With one, the command starts after the handshake,
 * and output and input are encrypted. A session ends with `channel_closed`, unless its container ends. Then the agent has ended too, and the gateway answers every message with `pause_publication`.
 */
import type { WebSocket } from 'ws'
import type { Clock } from '../../clock.ts'
import type { Ids } from '../../ids.ts'
import { decodeMessage, encodeMessage, payloadTypes } from '../../protocol/session-message.ts'
import { type ExecSession, RuntimeFault } from '../../runtimes/runtime.ts'
import { execChannel } from './exec-channel.ts'
import type { ExecCipher } from './exec-cipher.ts'
import { closeChannel } from './exec-closing.ts'
import { agentHandshake, HandshakeFault, type SessionKey } from './exec-handshake.ts'
import { outputPortions } from './exec-output.ts'
import { sizeOf, terminalResizer } from './exec-size.ts'

export interface SessionDeps {
  sessionId: string
  socket: WebSocket
  /** The key of the cluster's configuration; undefined for a session without encryption. */
  key: SessionKey | undefined
  /**
   * Starts the command, with a terminal.
   * @throws RuntimeFault when that is not possible.
   */
  run: () => Promise<ExecSession>
  /** Resolves when the container of the command has ended. */
  containerEnded: (signal: AbortSignal) => Promise<void>
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

/** The agent sends no output in the first second. A client that sends the size of its terminal is ready earlier. */
const READY_MS = 1_000
/** How long the agent waits for acknowledgements at the end of a session. */
const LAST_ACKNOWLEDGEMENTS_MS = 2_000
/** How long to wait for the end of the container after its command was killed. */
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
  run,
  containerEnded,
  clock,
  ids,
  onUnexpectedError,
}: SessionDeps): RunningSession {
  const ended = new AbortController()
  const ready = Promise.withResolvers<void>()
  const agentGone = Promise.withResolvers<void>()
  let isAgentGone = false
  let command: ExecSession | undefined
  let cipher: ExecCipher | undefined
  let usedAt = clock.now()
  const channel = execChannel({
    send: (message) => socket.send(message),
    onInput: handleInput,
    isBusy: () => command?.input.writableNeedDrain ?? false,
    clock,
    ids,
  })
  const handshake =
    key && agentHandshake({ key, send: (...message) => channel.send(...message), clock, signal: ended.signal })
  const resize = terminalResizer(() => (ended.signal.aborted || isAgentGone ? undefined : command))

  function handleInput(payloadType: number, payload: Uint8Array): boolean {
    if (handshake && !cipher) {
      handshake.receive(payloadType, payload)
      return true
    }
    if (!command) return false
    usedAt = clock.now()
    if (payloadType === payloadTypes.bytes) {
      const bytes = decrypted(payload)
      if (!bytes) return false
      if (command.input.writable && !command.input.write(bytes)) command.input.once('drain', channel.drainInput)
    }
    if (payloadType === payloadTypes.size) {
      resize(sizeOf(payload))
      ready.resolve()
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
  socket.once('close', () => ended.abort())

  function end(output = ''): void {
    if (ended.signal.aborted) return
    closeChannel(socket, { sessionId, output }, { clock, ids })
    ended.abort()
  }

  async function watchContainer(): Promise<void> {
    await containerEnded(ended.signal)
    isAgentGone = true
    channel.close()
    sendPause()
    agentGone.resolve()
  }

  async function sendOutput({ output }: ExecSession): Promise<void> {
    for await (const portion of outputPortions(output)) {
      await channel.resumed()
      if (ended.signal.aborted || isAgentGone) return
      usedAt = clock.now()
      channel.send(payloadTypes.bytes, cipher ? cipher.encrypt(portion) : portion)
      while (socket.bufferedAmount > MAX_BUFFERED_BYTES && !ended.signal.aborted) await flushed(socket)
    }
  }

  async function start(): Promise<ExecSession> {
    cipher = await handshake?.perform()
    command = await run()
    return command
  }

  async function relay(command: ExecSession): Promise<void> {
    await firstOf(clock, READY_MS, ready.promise, aborted(ended.signal))
    if (ended.signal.aborted) return
    await sendOutput(command)
    const exitCode = await command.exitCode()
    // Processes that are killed with their container end a moment before the container does.
    if (exitCode === undefined || exitCode === SIGKILL_EXIT_CODE)
      await firstOf(clock, CONTAINER_END_MS, agentGone.promise, aborted(ended.signal))
    if (isAgentGone) return
    await channel.acknowledged(LAST_ACKNOWLEDGEMENTS_MS)
    end()
  }

  function fail(error: unknown): void {
    if (ended.signal.aborted || isAgentGone) return
    end(`\n----------ERROR-------\n${reasonOf(error)}\n`)
  }

  function reasonOf(error: unknown): string {
    if (error instanceof RuntimeFault) return error.message
    if (error instanceof HandshakeFault) return `Encountered error while initiating handshake. ${error.message}`
    onUnexpectedError(error)
    return 'The command could not be run.'
  }

  const stopTimers = [
    every(clock, IDLE_MS, () => {
      if (clock.now() - usedAt < IDLE_MS) return usedAt + IDLE_MS
      end()
      return undefined
    }),
    keepAlive(socket, clock),
  ]

  async function runToEnd(): Promise<void> {
    watchContainer().catch((error: unknown) => {
      if (!ended.signal.aborted) onUnexpectedError(error)
    })
    const starting = start()
    const running = starting.then(relay).catch(fail)
    await Promise.race([aborted(ended.signal), agentGone.promise])
    ready.resolve()
    channel.close()
    await starting.catch(() => {})
    await command?.hangUp().catch(onUnexpectedError)
    await running
    await aborted(ended.signal)
    for (const stop of stopTimers) stop()
  }

  return { end, ended: runToEnd().catch(onUnexpectedError) }
}

/** Calls back after `ms`, and then at each time that the callback returns. Returns a function that stops it. */
function every(clock: Clock, ms: number, callback: () => number | undefined): () => void {
  let stop = clock.at(clock.now() + ms, run)
  function run() {
    const next = callback()
    if (next !== undefined) stop = clock.at(next, run)
  }
  return () => stop()
}

/** Closes the connection to a client that has not answered a ping before the next one. */
function keepAlive(socket: WebSocket, clock: Clock): () => void {
  let isAnswered = true
  socket.on('pong', () => {
    isAnswered = true
  })
  return every(clock, PING_EVERY_MS, () => {
    if (!isAnswered) socket.terminate()
    isAnswered = false
    socket.ping()
    return clock.now() + PING_EVERY_MS
  })
}

async function firstOf(clock: Clock, ms: number, ...events: Promise<void>[]): Promise<void> {
  const { promise: timeout, resolve } = Promise.withResolvers<void>()
  const cancel = clock.at(clock.now() + ms, resolve)
  await Promise.race([timeout, ...events])
  cancel()
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

/** Resolves when the client has received all data sent so far: it answers a ping after the data before it. */
function flushed(socket: WebSocket): Promise<void> {
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
