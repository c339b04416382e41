/** Sessions of ECS Exec: each is begun by ExecuteCommand and goes on over one WebSocket, to which a token of its own gives entry, once. */
import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { WebSocket } from 'ws'
import type { Clock } from '../clock.ts'
import type { Ids } from '../ids.ts'
import type { TakeSocket } from '../protocol/upgrades.ts'
import type { Runtime, TaskSpec } from '../runtimes/runtime.ts'
import { runSession } from './exec-stream.ts'

interface SessionEntry {
  sessionId: string
  streamUrl: string
  tokenValue: string
}

export interface ExecSessions {
  /** Undefined where nothing can be run, or nothing could connect. */
  begin(task: TaskSpec, container: string, command: readonly string[]): SessionEntry | undefined
  /** How many are going on in the task. */
  count(taskId: string): number
  takeSocket: TakeSocket
  close(): void
}

interface Pending {
  task: TaskSpec
  container: string
  command: readonly string[]
  token: string
  expiresAt: number
}

export interface ExecSessionsParts {
  runtime: Runtime
  clock: Clock
  ids: Ids
  /** `ws://127.0.0.1:4566`: where the engine listens; undefined when it doesn't. */
  streamBase: () => string | undefined
  onFault: (error: unknown) => void
}

/** So long a client has to connect (ECS's own figure is not told). */
const ENTRY_MS = 60_000
const MOST_PENDING = 1000
/** Anybody can open a socket; a client sends its token at once. */
const OPENING_MS = 10_000
const MAX_ENTERING = 100

const streamPath = '/v1/data-channel/'

export function execSessions({ runtime, clock, ids, streamBase, onFault }: ExecSessionsParts): ExecSessions {
  const pending = new Map<string, Pending>()
  const going = new Map<WebSocket, string>()
  /** Sockets that have not sent their token yet. */
  let entering = 0

  function enter(sessionId: string, socket: WebSocket, words: string): void {
    const session = pending.get(sessionId)
    if (!session || session.expiresAt <= clock.now() || !opens(words, session.token)) {
      socket.close(1008, 'The session or its token is not valid.')
      return
    }
    pending.delete(sessionId)
    const { task, container, command } = session
    going.set(socket, task.id)
    socket.once('close', () => going.delete(socket))
    const run = async () => runtime.exec!(task, container, command)
    runSession({ sessionId, socket, run, clock, ids }).catch(onFault)
  }

  return {
    begin(task, container, command) {
      const base = streamBase()
      if (!runtime.exec || !base) return undefined
      for (const [id, { expiresAt }] of pending) if (expiresAt <= clock.now() || pending.size >= MOST_PENDING) pending.delete(id)
      const sessionId = `ecs-execute-command-${ids.hex(17)}`
      const token = randomBytes(48).toString('base64url')
      pending.set(sessionId, { task, container, command, token, expiresAt: clock.now() + ENTRY_MS })
      return { sessionId, streamUrl: `${base}${streamPath}${sessionId}?role=publish_subscribe`, tokenValue: token }
    },
    count: (taskId) => [...going.values()].filter((id) => id === taskId).length,
    takeSocket(path) {
      if (!path.startsWith(streamPath)) return undefined
      return (socket) => {
        if (entering >= MAX_ENTERING) return socket.close(1013, 'Too many sessions are being opened. Try again later.')
        entering++
        const late = setTimeout(() => socket.close(1008, 'No token came in time.'), OPENING_MS)
        const entered = () => {
          socket.off('message', open).off('close', entered)
          clearTimeout(late)
          entering--
        }
        const open = (data: unknown) => {
          entered()
          enter(path.slice(streamPath.length), socket, String(data))
        }
        socket.on('message', open).on('close', entered)
      }
    },
    close() {
      for (const socket of going.keys()) socket.close(1001, 'The engine ends.')
      pending.clear()
    },
  }
}

/** The first message: JSON with the token that ExecuteCommand gave. */
function opens(text: string, token: string): boolean {
  try {
    const { TokenValue: given } = JSON.parse(text) as { TokenValue?: unknown }
    return typeof given === 'string' && given.length === token.length && timingSafeEqual(Buffer.from(given), Buffer.from(token))
  } catch {
    return false
  }
}
