/** Opens a terminal in a container. ECS is called at once, so that the client gets ECS's rejection as the response. */
import type { Caller } from '../http/caller.ts'
import { commandLine, wordsOfCommand } from './command-line.ts'
import { offerTerminal } from './offered-session.ts'
import type { ExecRequest } from './schema.ts'
import type { ExecSessions } from './sessions.ts'
import { startExecSession } from './start.ts'
import type { ExecTarget } from './target.ts'

interface TerminalRequest {
  caller: Caller
  origin: string | undefined
  idempotencyKey: string | undefined
}

/**
 * Begins a session that waits for its WebSocket. An earlier session with the same `Idempotency-Key` is ended, because a
 * terminal cannot be replayed.
 */
export async function openTerminal(
  sessions: ExecSessions,
  target: ExecTarget,
  { command, columns = 80, rows = 24 }: ExecRequest,
  { caller, origin, idempotencyKey }: TerminalRequest,
): Promise<{ id: string; path: string; expiresAt: string }> {
  sessions.requireOpen()
  const line = typeof command === 'string' ? command : commandLine(command)
  // Rejects a command with an open quote before a session is started.
  wordsOfCommand(command)
  const idempotencyKeyHash = idempotencyKey === undefined ? undefined : sessions.store.keyedHash(idempotencyKey)
  // Ended before the new session starts, because the earlier session counts against the limit of sessions.
  if (idempotencyKeyHash !== undefined) await sessions.endEarlierSessions(target.account, caller, idempotencyKeyHash)
  const session = await startExecSession(sessions.store, { target, caller, line, idempotencyKeyHash })
  const { account, isWindows: _, ...targetNames } = target
  const { credential = {} } = caller
  try {
    // Each of several concurrent requests has a session by now. Only the session of the last request stays.
    if (idempotencyKeyHash !== undefined)
      await sessions.endEarlierSessions(target.account, caller, idempotencyKeyHash, session.id)
    const size = { columns, rows }
    const offered = { ...session, ...targetNames, account: account.name, size, credential, origin }
    return { id: session.id, ...(await offerTerminal(sessions.store, offered)) }
  } catch (error) {
    await sessions.end({ id: session.id, session_id: session.sessionId, account: account.name })
    throw error
  }
}
