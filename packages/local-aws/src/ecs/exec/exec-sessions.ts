/**
 * Sessions of ECS Exec. ExecuteCommand creates a session with a token. The first WebSocket that sends the token opens
 * the session, and the session ends when that WebSocket closes.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto'
import { parseArn } from '@ecs-api/ecs-model'
import type { WebSocket } from 'ws'
import type { Clock } from '../../clock.ts'
import type { Ids } from '../../ids.ts'
import type { Kms } from '../../kms/service.ts'
import type { FindSocketHandler } from '../../protocol/upgrades.ts'
import type { Runtime, TaskSpec } from '../../runtimes/runtime.ts'
import { closeChannel } from './exec-closing.ts'
import type { SessionKey } from './exec-handshake.ts'
import { type RunningSession, runSession } from './exec-stream.ts'

interface StartedSession {
  sessionId: string
  streamUrl: string
  tokenValue: string
}

export interface ExecSessions {
  /** Returns undefined when the runtime cannot run commands, or when the engine does not listen for clients. */
  createSession(session: NewSession): StartedSession | undefined
  /** The number of sessions that a task may have at a time. */
  maxPerTask: number
  /** The number of the task's sessions, including those that are not connected yet. */
  countOfTask(taskId: string): number
  /** Ends the session if it belongs to this account and Region. */
  terminate(account: string, region: string, sessionId: string): void
  findSocketHandler: FindSocketHandler
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
  /** The key's id in the cluster's configuration. */
  keyId: string
  /** The session's target, which is part of KMS's encryption context: `ecs:CLUSTER_TASK_RUNTIMEID`. */
  targetId: string
}

interface PendingSession extends NewSession {
  token: string
  expiresAt: number
}

export interface ExecSessionsDeps {
  runtime: Runtime
  clock: Clock
  ids: Ids
  /** The address at which clients connect, such as `ws://127.0.0.1:4566`; undefined when the engine does not listen. */
  streamBaseUrl: () => string | undefined
  maxPerTask: number
  /** KMS's Decrypt. */
  decryptWithKms: Kms['decrypt']
  onUnexpectedError: (error: unknown) => void
}

/** How long a client has to connect. AWS does not document its figure. */
const CONNECT_TIMEOUT_MS = 60_000
const MAX_PENDING_SESSIONS = 1000
/** How long a socket may stay open without a token. Anybody can open a socket, but a client sends its token at once. */
const TOKEN_TIMEOUT_MS = 10_000
const MAX_SOCKETS_WITHOUT_TOKEN = 100

const streamPath = '/v1/data-channel/'
const CLOSING_REASON = 'The engine is closing.'

export function createExecSessions({
  runtime,
  clock,
  ids,
  streamBaseUrl,
  maxPerTask,
  decryptWithKms,
  onUnexpectedError,
}: ExecSessionsDeps): ExecSessions {
  const pendingSessions = new Map<string, PendingSession>()
  const runningSessions = new Map<string, { task: TaskSpec; session: RunningSession }>()
  /** Sockets that have not sent their token, each with the session id in its path. */
  const socketsWithoutToken = new Map<WebSocket, string>()
  let isClosed = false

  function reject(socket: WebSocket, sessionId: string, output: string, code = 1008): void {
    closeChannel(socket, { sessionId, output, code }, { clock, ids })
  }

  function openSession(sessionId: string, socket: WebSocket, firstMessage: string): void {
    const entry = pendingSessions.get(sessionId)
    if (!entry || entry.expiresAt <= clock.now() || !hasToken(firstMessage, entry.token)) {
      reject(socket, sessionId, 'The session or its token is not valid.')
      return
    }
    pendingSessions.delete(sessionId)
    const { task, container, command, encryption } = entry
    const session = runSession({
      sessionId,
      socket,
      key: encryption && sessionKey(encryption, task, sessionId),
      startCommand: () => runtime.exec!(task, container, command),
      whenContainerEnded: (signal) => waitUntilContainerEnded(runtime, task, container, signal),
      clock,
      ids,
      onUnexpectedError,
    })
    runningSessions.set(sessionId, { task, session })
    session.ended.then(() => runningSessions.delete(sessionId))
  }

  function sessionKey({ keyId, targetId }: SessionEncryption, { arn }: TaskSpec, sessionId: string): SessionKey {
    const { account, region } = parseArn(arn) ?? { account: '', region: '' }
    return {
      keyId,
      decrypt: (ciphertext, challenge) => {
        const context = {
          'aws:ssm:SessionId': sessionId,
          'aws:ssm:TargetId': targetId,
          ...(challenge !== undefined && { 'aws:ssm:RandomChallenge': challenge }),
        }
        return decryptWithKms(account, region, { keyId, ciphertext, context })
      },
    }
  }

  return {
    maxPerTask,

    createSession(session) {
      const base = streamBaseUrl()
      if (!runtime.exec || !base || isClosed) return undefined
      for (const [id, { expiresAt }] of pendingSessions)
        if (expiresAt <= clock.now() || pendingSessions.size >= MAX_PENDING_SESSIONS) pendingSessions.delete(id)
      const sessionId = `ecs-execute-command-${ids.alphanumeric(26).toLowerCase()}`
      const token = randomSecret(768)
      pendingSessions.set(sessionId, { ...session, token, expiresAt: clock.now() + CONNECT_TIMEOUT_MS })
      // Not percent-encoded, as in AWS's responses.
      return {
        sessionId,
        streamUrl: `${base}${streamPath}${sessionId}?role=publish_subscribe&cell-number=${randomSecret(66)}`,
        tokenValue: token,
      }
    },

    countOfTask(taskId) {
      const ofTask = [...pendingSessions.values()].filter(
        ({ task, expiresAt }) => task.id === taskId && expiresAt > clock.now(),
      )
      return ofTask.length + [...runningSessions.values()].filter(({ task }) => task.id === taskId).length
    },

    terminate(account, region, sessionId) {
      const isOwned = (task: TaskSpec | undefined) => {
        const arn = parseArn(task?.arn ?? '')
        return arn?.account === account && arn.region === region
      }
      if (isOwned(pendingSessions.get(sessionId)?.task)) pendingSessions.delete(sessionId)
      const current = runningSessions.get(sessionId)
      if (isOwned(current?.task)) current?.session.end()
    },

    findSocketHandler(path) {
      if (!path.startsWith(streamPath)) return undefined
      const sessionId = path.slice(streamPath.length)
      return (socket) => {
        if (isClosed) return reject(socket, sessionId, CLOSING_REASON, 1001)
        if (socketsWithoutToken.size >= MAX_SOCKETS_WITHOUT_TOKEN)
          return reject(socket, sessionId, 'Too many sessions are being opened. Try again later.', 1013)
        socketsWithoutToken.set(socket, sessionId)
        const timeout = setTimeout(() => {
          stopWaiting()
          reject(socket, sessionId, 'No token came in time.')
        }, TOKEN_TIMEOUT_MS)
        const stopWaiting = () => {
          socket.off('message', open).off('close', stopWaiting)
          clearTimeout(timeout)
          socketsWithoutToken.delete(socket)
        }
        const open = (data: unknown) => {
          stopWaiting()
          openSession(sessionId, socket, String(data))
        }
        socket.on('message', open).on('close', stopWaiting)
      }
    },

    async close() {
      isClosed = true
      pendingSessions.clear()
      for (const [socket, sessionId] of [...socketsWithoutToken]) reject(socket, sessionId, CLOSING_REASON, 1001)
      const sessions = [...runningSessions.values()].map(({ session }) => session)
      for (const session of sessions) session.end(CLOSING_REASON)
      await Promise.all(sessions.map(({ ended }) => ended))
    },
  }
}

async function waitUntilContainerEnded(
  runtime: Runtime,
  task: TaskSpec,
  container: string,
  signal: AbortSignal,
): Promise<void> {
  for (let revision: number | undefined; ; ) {
    const observation = await runtime.wait(task, revision, signal)
    if (observation.containers.get(container)?.state !== 'running') return
    revision = observation.revision
  }
}

/** A random text in the form of AWS's session tokens: Base64 with their fixed prefix. */
function randomSecret(bytes: number): string {
  return Buffer.concat([Buffer.from([0, 1, 0]), randomBytes(bytes - 3)]).toString('base64')
}

/** Whether the client's first message has the token of ExecuteCommand: it is JSON with `TokenValue`. */
function hasToken(text: string, token: string): boolean {
  try {
    const { TokenValue: givenToken } = JSON.parse(text) as { TokenValue?: unknown }
    return (
      typeof givenToken === 'string' &&
      givenToken.length === token.length &&
      timingSafeEqual(Buffer.from(givenToken), Buffer.from(token))
    )
  } catch {
    return false
  }
}
