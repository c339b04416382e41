/** Sessions of ECS Exec: ExecuteCommand begins each; its token opens it for one WebSocket, once. A session ends with that WebSocket. */
import { randomBytes, timingSafeEqual } from 'node:crypto'
import { parseArn } from '@ecs-api/ecs-model'
import type { WebSocket } from 'ws'
import type { Clock } from '../../clock.ts'
import type { Ids } from '../../ids.ts'
import type { TakeSocket } from '../../protocol/upgrades.ts'
import type { Runtime, TaskSpec } from '../../runtimes/runtime.ts'
import { closeChannel } from './exec-closing.ts'
import { type RunningSession, runSession } from './exec-stream.ts'

interface SessionEntry {
  sessionId: string
  streamUrl: string
  tokenValue: string
}

export interface ExecSessions {
  /** Undefined where nothing can be run, or nothing could connect. */
  begin(task: TaskSpec, container: string, command: readonly string[]): SessionEntry | undefined
  /** The number of the task's sessions, connected or to be connected. */
  count(taskId: string): number
  /** Ends the session, if it is one of that account and Region. */
  terminate(account: string, region: string, sessionId: string): void
  takeSocket: TakeSocket
  /** Ends all sessions; resolves when their commands have ended. */
  close(): Promise<void>
}

interface Pending {
  task: TaskSpec
  container: string
  command: readonly string[]
  token: string
  expiresAt: number
}

export interface ExecSessionsDeps {
  runtime: Runtime
  clock: Clock
  ids: Ids
  /** `ws://127.0.0.1:4566`: where the engine listens; undefined when it doesn't. */
  streamBase: () => string | undefined
  onFault: (error: unknown) => void
}

/** How long a client has to connect (AWS does not document its own figure). */
const ENTRY_MS = 60_000
const MAX_PENDING = 1000
/** Anybody can open a socket; a client sends its token at once. */
const OPENING_MS = 10_000
const MAX_ENTERING = 100

const streamPath = '/v1/data-channel/'
const CLOSING = 'The engine is closing.'

export function execSessions({ runtime, clock, ids, streamBase, onFault }: ExecSessionsDeps): ExecSessions {
  const pending = new Map<string, Pending>()
  const running = new Map<string, { task: TaskSpec; session: RunningSession }>()
  /** Sockets that have not sent their token yet, with the session of their path. */
  const entering = new Map<WebSocket, string>()
  let isClosed = false

  function refuse(socket: WebSocket, sessionId: string, output: string, code = 1008): void {
    closeChannel(socket, { sessionId, output, code }, { clock, ids })
  }

  function enter(sessionId: string, socket: WebSocket, opening: string): void {
    const entry = pending.get(sessionId)
    if (!entry || entry.expiresAt <= clock.now() || !opens(opening, entry.token)) {
      refuse(socket, sessionId, 'The session or its token is not valid.')
      return
    }
    pending.delete(sessionId)
    const { task, container, command } = entry
    const session = runSession({
      sessionId,
      socket,
      run: () => runtime.exec!(task, container, command),
      containerEnded: (signal) => containerEnded(runtime, task, container, signal),
      clock,
      ids,
      onFault,
    })
    running.set(sessionId, { task, session })
    session.over.then(() => running.delete(sessionId))
  }

  return {
    begin(task, container, command) {
      const base = streamBase()
      if (!runtime.exec || !base || isClosed) return undefined
      for (const [id, { expiresAt }] of pending)
        if (expiresAt <= clock.now() || pending.size >= MAX_PENDING) pending.delete(id)
      const sessionId = `ecs-execute-command-${ids.alphanumeric(26).toLowerCase()}`
      const token = secret(768)
      pending.set(sessionId, { task, container, command, token, expiresAt: clock.now() + ENTRY_MS })
      // Not percent-encoded, as AWS writes it.
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
      const owned = (task: TaskSpec | undefined) => {
        const arn = parseArn(task?.arn ?? '')
        return arn?.account === account && arn.region === region
      }
      if (owned(pending.get(sessionId)?.task)) pending.delete(sessionId)
      const going = running.get(sessionId)
      if (owned(going?.task)) going?.session.end()
    },

    takeSocket(path) {
      if (!path.startsWith(streamPath)) return undefined
      const sessionId = path.slice(streamPath.length)
      return (socket) => {
        if (isClosed) return refuse(socket, sessionId, CLOSING, 1001)
        if (entering.size >= MAX_ENTERING)
          return refuse(socket, sessionId, 'Too many sessions are being opened. Try again later.', 1013)
        entering.set(socket, sessionId)
        const late = setTimeout(() => {
          entered()
          refuse(socket, sessionId, 'No token came in time.')
        }, OPENING_MS)
        const entered = () => {
          socket.off('message', open).off('close', entered)
          clearTimeout(late)
          entering.delete(socket)
        }
        const open = (data: unknown) => {
          entered()
          enter(sessionId, socket, String(data))
        }
        socket.on('message', open).on('close', entered)
      }
    },

    async close() {
      isClosed = true
      pending.clear()
      for (const [socket, sessionId] of [...entering]) refuse(socket, sessionId, CLOSING, 1001)
      const sessions = [...running.values()].map(({ session }) => session)
      for (const session of sessions) session.end(CLOSING)
      await Promise.all(sessions.map(({ over }) => over))
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

/** Base64 with the beginning that AWS's have. */
function secret(bytes: number): string {
  return Buffer.concat([Buffer.from([0, 1, 0]), randomBytes(bytes - 3)]).toString('base64')
}

/** The first message: JSON with the token that ExecuteCommand gave. */
function opens(text: string, token: string): boolean {
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
