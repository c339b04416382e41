/** Opens a terminal in a container. ECS is asked at once, so that a refusal is the response to the request. */
import type { Caller } from '../http/caller.ts'
import { commandLine, commandWords } from './command-line.ts'
import { offerTerminal } from './offered.ts'
import type { ExecRequest } from './schema.ts'
import type { ExecSessions } from './sessions.ts'
import { startSession } from './start.ts'
import type { ExecTarget } from './target.ts'

interface Requested {
  caller: Caller
  origin: string | undefined
  idempotencyKey: string | undefined
}

/**
 * Begins a session that waits for its WebSocket. Under an `Idempotency-Key` that was used before it ends the first
 * session: a terminal cannot be replayed.
 */
export async function openTerminal(
  sessions: ExecSessions,
  target: ExecTarget,
  { command, columns = 80, rows = 24 }: ExecRequest,
  { caller, origin, idempotencyKey }: Requested,
): Promise<{ id: string; path: string; expiresAt: string }> {
  sessions.requireOpen()
  const line = typeof command === 'string' ? command : commandLine(command)
  commandWords(command)
  const keyHash = idempotencyKey === undefined ? undefined : sessions.store.keyedHash(idempotencyKey)
  // An earlier session counts against the limit of sessions.
  if (keyHash !== undefined) await sessions.endEarlier(target.account, caller, keyHash)
  const session = await startSession(sessions.store, { target, caller, line, keyHash })
  const { account, isWindows: _, ...names } = target
  const { credential = {} } = caller
  try {
    // Of requests at once, each with a session by now, the last one's stays.
    if (keyHash !== undefined) await sessions.endEarlier(target.account, caller, keyHash, session.id)
    const size = { columns, rows }
    const offered = { ...session, ...names, account: account.name, size, credential, origin }
    return { id: session.id, ...(await offerTerminal(sessions.store, offered)) }
  } catch (error) {
    await sessions.end({ id: session.id, session_id: session.sessionId, account: account.name })
    throw error
  }
}
