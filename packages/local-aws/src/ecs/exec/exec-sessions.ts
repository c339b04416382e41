/**
 * Sessions of ECS Exec. ExecuteCommand creates a session with a token, which opens the session for one WebSocket, once.
 * The session ends with that WebSocket.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto'
import { parseArn } from '@ecs-api/ecs-model'
import type { WebSocket } from 'ws'
import type { Clock } from '../../clock.ts'
import type { Ids } from '../../ids.ts'
import type { Kms } from '../../kms/service.ts'
import type { TakeSocket } from '../../protocol/upgrades.ts'
import type { Runtime, TaskSpec } from '../../runtimes/runtime.ts'
import { closeChannel } from './exec-closing.ts'
import type { SessionKey } from './exec-handshake.ts'
import { type RunningSession, runSession } from './exec-stream.ts'

interface SessionEntry {
  sessionId: string
  streamUrl: string
  tokenValue: string
}

export interface ExecSessions {
  /** Undefined when the runtime cannot run commands, or when the engine does not listen for clients. */
  begin(session: NewSession): SessionEntry | undefined
  /** The number of sessions that a task may have at a time. */
  maxPerTask: number
  /** The number of the task's sessions, including those that are not connected yet. */
  count(taskId: string): number
  /** Ends the session if it belongs to this account and Region. */
  terminate(account: string, region: string, sessionId: string): void
  takeSocket: TakeSocket
  /** Ends all sessions. Resolves when their commands have ended. */
  close(): Promise<void>
}

interface NewSession {
  task: TaskSpec
  container: string
  command: readonly string[]
  /** The key that encrypts the session; undefined for a session without encryption. */
  encryption: SessionEncryption | undefined
}

interface SessionEncryption {
  /** As the cluster's configuration names it. */
  keyId: string
  /** The session's target, which is part of KMS's encryption context: `ecs:CLUSTER_TASK_RUNTIMEID`. */
  targetId: string
}

interface Pending extends NewSession {
  token: string
  expiresAt: number
}

export interface ExecSessionsDeps {
  runtime: Runtime
  clock: Clock
  ids: Ids
  /** The address at which clients connect, such as `ws://127.0.0.1:4566`; undefined when the engine does not listen. */
  streamBase: () => string | undefined
  maxPerTask: number
  /** KMS's Decrypt. */
  decrypt: Kms['decrypt']
  onUnexpectedError: (error: unknown) => void
}

/** How long a client has to connect. AWS does not document its figure. */
const CONNECT_TIMEOUT_MS = 60_000
const MAX_PENDING = 1000
/** How long a socket may stay open without a token. Anybody can open a socket; a client sends its token at once. */
const TOKEN_TIMEOUT_MS = 10_000
const MAX_OPENING = 100

const streamPath = '/v1/data-channel/'
const CLOSING = 'The engine is closing.'

export function execSessions({
  runtime,
  clock,
  ids,
  streamBase,
  maxPerTask,
  decrypt,
  onUnexpectedError,
}: ExecSessionsDeps): ExecSessions {
  const pending = new Map<string, Pending>()
  const running = new Map<string, { task: TaskSpec; session: RunningSession }>()
  /** Sockets that have not sent their token, with the session of their path. */
  const opening = new Map<WebSocket, string>()
  let isClosed = false

  function reject(socket: WebSocket, sessionId: string, output: string, code = 1008): void {
    closeChannel(socket, { sessionId, output, code }, { clock, ids })
  }

  function connect(sessionId: string, socket: WebSocket, firstMessage: string): void {
    const entry = pending.get(sessionId)
    if (!entry || entry.expiresAt <= clock.now() || !hasToken(firstMessage, entry.token)) {
      reject(socket, sessionId, 'The session or its token is not valid.')
      return
    }
    pending.delete(sessionId)
    const { task, container, command, encryption } = entry
    const session = runSession({
      sessionId,
      socket,
      key: encryption && keyOf(encryption, task, sessionId),
      run: () => runtime.exec!(task, container, command),
      containerEnded: (signal) => containerEnded(runtime, task, container, signal),
      clock,
      ids,
      onUnexpectedError,
    })
    running.set(sessionId, { task, session })
    session.ended.then(() => running.delete(sessionId))
  }

  function keyOf({ keyId, targetId }: SessionEncryption, { arn }: TaskSpec, sessionId: string): SessionKey {
    const { account, region } = parseArn(arn) ?? { account: '', region: '' }
    return {
      keyId,
      decrypt: (ciphertext, challenge) => {
        const context = {
          'aws:ssm:SessionId': sessionId,
          'aws:ssm:TargetId': targetId,
          ...(challenge !== undefined && { 'aws:ssm:RandomChallenge': challenge }),
        }
        return decrypt(account, region, { keyId, ciphertext, context })
      },
    }
  }

  return {
    maxPerTask,

    begin(session) {
      const base = streamBase()
      if (!runtime.exec || !base || isClosed) return undefined
      for (const [id, { expiresAt }] of pending)
        if (expiresAt <= clock.now() || pending.size >= MAX_PENDING) pending.delete(id)
      const sessionId = `ecs-execute-command-${ids.alphanumeric(26).toLowerCase()}`
      const token = secret(768)
      pending.set(sessionId, { ...session, token, expiresAt: clock.now() + CONNECT_TIMEOUT_MS })
      // Not percent-encoded, as in AWS's responses.
      return {
        sessionId,
        streamUrl: `${base}${streamPath}${sessionId}?role=publish_subscribe&cell-number=${secret(66)}`,
        tokenValue: token,
      }
    },

    count(taskId) {
      const waiting = [...pending.values()].filter(
        ({ task, expiresAt }) => task.id === taskId && expiresAt > clock.now(),
      )
      return waiting.length + [...running.values()].filter(({ task }) => task.id === taskId).length
    },

    terminate(account, region, sessionId) {
      const isOwned = (task: TaskSpec | undefined) => {
        const arn = parseArn(task?.arn ?? '')
        return arn?.account === account && arn.region === region
      }
      if (isOwned(pending.get(sessionId)?.task)) pending.delete(sessionId)
      const current = running.get(sessionId)
      if (isOwned(current?.task)) current?.session.end()
    },

    takeSocket(path) {
      if (!path.startsWith(streamPath)) return undefined
      const sessionId = path.slice(streamPath.length)
      return (socket) => {
        if (isClosed) return reject(socket, sessionId, CLOSING, 1001)
        if (opening.size >= MAX_OPENING)
          return reject(socket, sessionId, 'Too many sessions are being opened. Try again later.', 1013)
        opening.set(socket, sessionId)
        const timeout = setTimeout(() => {
          stopWaiting()
          reject(socket, sessionId, 'No token came in time.')
        }, TOKEN_TIMEOUT_MS)
        const stopWaiting = () => {
          socket.off('message', open).off('close', stopWaiting)
          clearTimeout(timeout)
          opening.delete(socket)
        }
        const open = (data: unknown) => {
          stopWaiting()
          connect(sessionId, socket, String(data))
        }
        socket.on('message', open).on('close', stopWaiting)
      }
    },

    async close() {
      isClosed = true
      pending.clear()
      for (const [socket, sessionId] of [...opening]) reject(socket, sessionId, CLOSING, 1001)
      const sessions = [...running.values()].map(({ session }) => session)
      for (const session of sessions) session.end(CLOSING)
      await Promise.all(sessions.map(({ ended }) => ended))
    },
  }
}

async function containerEnded(runtime: Runtime, task: TaskSpec, container: string, signal: AbortSignal): Promise<void> {
  for (let revision: number | undefined; ; ) {
    const observation = await runtime.wait(task, revision, signal)
    if (observation.containers.get(container)?.state !== 'running') return
    revision = observation.revision
  }
}

/** Base64 with the prefix of AWS's secrets. */
function secret(bytes: number): string {
  return Buffer.concat([Buffer.from([0, 1, 0]), randomBytes(bytes - 3)]).toString('base64')
}

/** Whether the client's first message has the token of ExecuteCommand: it is JSON with `TokenValue`. */
function hasToken(text: string, token: string): boolean {
  try {
    const { TokenValue: given } = JSON.parse(text) as { TokenValue?: unknown }
    return (
      typeof given === 'string' &&
      given.length === token.length &&
      timingSafeEqual(Buffer.from(given), Buffer.from(token))
    )
  } catch {
    return false
  }
}
