/**
 * Begins a session: adds its row to the store, then calls ExecuteCommand. The row comes first, so that all processes
 * count the session before ECS opens it: together they keep the limit of sessions of a token.
 *
 * ECS's id of the session is stored afterwards. With it, any process can end a session whose process has died. A
 * process that dies before it has stored the id leaves a session that only ECS ends, when it has been idle for 20
 * minutes.
 */
import { randomUUID } from 'node:crypto'
import type { Caller } from '../http/caller.ts'
import { BadGateway, TooManyRequests } from '../problems/problem.ts'
import { addExecSession, recordSessionId, removeExecSession } from '../store/exec-records.ts'
import type { Store } from '../store/store.ts'
import type { StreamAddress } from './channel/connection.ts'
import { explainNotConnected } from './not-connected.ts'
import type { ExecTarget } from './target.ts'
import { terminateExecSession } from './terminate.ts'

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
  /** The keyed hash of the request's `Idempotency-Key`. A later request with the same key ends this session. */
  idempotencyKeyHash?: string | undefined
}

/**
 * When it throws, no session is left.
 * @throws TooManyRequests `TokenLimitExceeded`
 * @throws Conflict when AWS rejects the session; the error explains why
 * @throws BadGateway `AwsError`, Unavailable `StoreUnavailable`, and the other errors of calls to AWS
 */
export async function startExecSession(
  store: Store,
  { target, caller, line, idempotencyKeyHash }: SessionStart,
): Promise<StartedSession> {
  const { account, cluster, task, container } = target
  const id = randomUUID()
  const { sessionsPerToken } = account.execSettings
  const row = { id, account: account.name, caller: caller.uniqueName, key_hash: idempotencyKeyHash ?? null }
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
    if (sessionId) await terminateExecSession(account, sessionId).catch(() => {})
    await removeExecSession(store, id).catch(() => {})
    throw await explainNotConnected(error, target)
  }
}
