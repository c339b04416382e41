/** Connects a WebSocket to the session that waits at its URL. */
import type { WebSocket } from 'ws'
import type { Account } from '../aws/account.ts'
import type { Caller } from '../http/caller.ts'
import { Upgrade } from '../http/response/answer.ts'
import { Forbidden, NotFound, Unauthorized } from '../problems/problem.ts'
import { takeExecSession } from '../store/exec-records.ts'
import { getTask } from '../tasks/get.ts'
import { type OfferedSession, redeemTerminalUrl, requireExecRights } from './offered-session.ts'
import { recordSession } from './record-session.ts'
import type { Recording } from './recording.ts'
import { generateSessionKey } from './session-key.ts'
import { type ExecSessions, shutdownReason } from './sessions.ts'
import { Terminal, type TerminalEnd } from './terminal.ts'
import { resumeExecSession } from './terminate.ts'

export interface ConnectionRequest {
  requestId: string
  source: string
  origin: string | undefined
}

/**
 * Redeems the URL of a session for a WebSocket.
 * @param secret the secret in the URL
 * @throws NotFound `ExecSessionNotFound` for a URL that is unknown, used or expired
 * @throws Forbidden `OriginNotAllowed`, `PermissionMissing`, `OutsideFence`; Unauthorized for a token that ended
 */
export async function connectTerminal(
  sessions: ExecSessions,
  secret: string,
  request: ConnectionRequest,
): Promise<Upgrade> {
  sessions.requireOpen()
  const offered = await redeemTerminalUrl(sessions.store, secret)
  if (!offered) throw notFound()
  try {
    const { account, caller } = await admit(sessions, offered, request.origin)
    if (!(await takeExecSession(sessions.store, offered.id))) throw notFound()
    return await prepareTerminal(sessions, offered, account, caller, request)
  } catch (error) {
    await sessions.end({ id: offered.id, session_id: offered.sessionId, account: offered.account })
    throw error
  }
}

/** Checks that the session's page connects, and that its caller still has the right to run commands. */
async function admit(
  { deps }: ExecSessions,
  offered: OfferedSession,
  origin: string | undefined,
): Promise<{ account: Account; caller: Caller }> {
  if (origin !== offered.origin) {
    throw new Forbidden('OriginNotAllowed', 'The page that connects is not the one that requested the session.')
  }
  const account = deps.findAccount(offered.account)
  if (!account) throw notFound()
  const caller = await deps.findCurrentCaller(offered.credential)
  if (!caller) throw new Unauthorized('Unauthorized', 'The token that requested the session is no longer valid.')
  requireExecRights(caller, offered)
  return { account, caller }
}

/** Begins the recording and the audit entry. A failure of either rejects the connection. */
async function prepareTerminal(
  sessions: ExecSessions,
  offered: OfferedSession,
  account: Account,
  caller: Caller,
  { requestId, source }: ConnectionRequest,
): Promise<Upgrade> {
  const { id, cluster, task, container } = offered
  const { audit } = sessions.deps
  const recording = await recordSession(sessions.deps, account, caller, offered)
  const entry = await audit
    .begin({
      ...{ requestId, source, caller: caller.name, role: caller.role, account: account.name, cluster },
      action: 'GET /v1/ecs/exec/:session',
      path: '/v1/ecs/exec/(hidden)',
      service: undefined,
      query: {},
      body: { session: id, task, container },
    })
    .catch((error: unknown) => {
      recording?.end()
      throw error
    })
  const startedAt = performance.now()
  const onEnd = ({ reason, bytesIn, bytesOut, isEndedByAws }: TerminalEnd) => {
    sessions.terminals.delete(id)
    const outcome = { reason, bytesIn, bytesOut, seconds: Math.round((performance.now() - startedAt) / 1000) }
    sessions.finishBeforeClose(
      // An empty `session_id`: there is nothing to end at AWS.
      sessions.end({ id, session_id: isEndedByAws ? '' : offered.sessionId, account: account.name }),
      audit.finish(entry, { status: 101, code: undefined, awsRequestIds: [], outcome }),
    )
  }
  return new Upgrade(
    (socket) => beginTerminal(sessions, offered, account, { socket, recording, onEnd }),
    // Called instead when the client has disconnected before the upgrade.
    () => {
      recording?.end()
      onEnd({ reason: 'ClientGone', bytesIn: 0, bytesOut: 0, isEndedByAws: false })
    },
  )
}

interface TerminalParts {
  socket: WebSocket
  recording: Recording | undefined
  onEnd: (end: TerminalEnd) => void
}

function beginTerminal(sessions: ExecSessions, offered: OfferedSession, account: Account, parts: TerminalParts): void {
  const { sessionId, address, cluster, task, targetId, size } = offered
  const { idleMinutes, maxMinutes } = account.execSettings
  const terminal = new Terminal({
    ...parts,
    connection: {
      address,
      size,
      httpAgents: account.httpAgents,
      resume: () => resumeExecSession(account, sessionId),
      generateKey: (request) => generateSessionKey(account, { sessionId, targetId }, request),
    },
    idleMs: idleMinutes * 60_000,
    maxMs: maxMinutes * 60_000,
    findStopReason: async () => {
      const { lastStatus = '', stoppedReason = lastStatus } = await getTask(account, cluster, task)
      return lastStatus === 'RUNNING' ? undefined : stoppedReason
    },
  })
  sessions.terminals.add(terminal, offered)
  terminal.open()
  if (sessions.isClosed) terminal.end('ShuttingDown', shutdownReason)
}

function notFound(): NotFound {
  return new NotFound('ExecSessionNotFound', 'No session waits at this URL.', {
    next: 'A URL is good for one connection within 60 s. POST …/exec makes another.',
  })
}
