/**
 * Begins a session: adds its row to the store, then calls ExecuteCommand. With this order, the limit of sessions of a
 * token holds over all processes, and any process can end a session whose process has died.
 */
import { randomUUID } from 'node:crypto'
import type { Caller } from '../http/caller.ts'
import { BadGateway, TooManyRequests } from '../problems/problem.ts'
import { addExecSession, recordSessionId, removeExecSession } from '../store/exec-records.ts'
import type { Store } from '../store/store.ts'
import type { StreamAddress } from './channel/connection.ts'
import { withExplanation } from './not-connected.ts'
import type { ExecTarget } from './target.ts'
import { terminateSession } from './terminate.ts'

/** A session that AWS has opened. */
export interface StartedSession {
  /** The id in the API. */
  id: string
  /** AWS's id. */
  sessionId: string
  address: StreamAddress
}

interface SessionStart {
  target: ExecTarget
  caller: Caller
  /** The command as one text. */
  line: string
  keyHash?: string | undefined
}

/**
 * @throws TooManyRequests `TokenLimitExceeded`
 * @throws Conflict when AWS rejects the session; the error explains why
 */
export async function startSession(
  store: Store,
  { target, caller, line, keyHash }: SessionStart,
): Promise<StartedSession> {
  const { account, cluster, task, container } = target
  const id = randomUUID()
  const { sessionsPerToken } = account.exec
  const row = { id, account: account.name, caller: caller.uniqueName, key_hash: keyHash ?? null }
  if (!(await addExecSession(store, row, sessionsPerToken))) {
    throw new TooManyRequests(
      'TokenLimitExceeded',
      `A token may have ${sessionsPerToken} sessions in the account ${account.name}, and this token has that many.`,
      { next: 'End one of them first.', retryAfterSeconds: 30 },
    )
  }
  let sessionId: string | undefined
  try {
    const { session } = await account
      .ecs()
      .executeCommand({ cluster, task, container, command: line, interactive: true })
    const { streamUrl, tokenValue } = session ?? {}
    sessionId = session?.sessionId
    if (!sessionId || !streamUrl || !tokenValue)
      throw new BadGateway('AwsError', `AWS answered ExecuteCommand for account ${account.name} without a session.`)
    await recordSessionId(store, id, sessionId)
    return { id, sessionId, address: { streamUrl, tokenValue } }
  } catch (error) {
    if (sessionId) await terminateSession(account, sessionId).catch(() => {})
    await removeExecSession(store, id).catch(() => {})
    throw await withExplanation(error, target)
  }
}
