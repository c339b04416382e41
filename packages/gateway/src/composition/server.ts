/** Opens the HTTP server and the audit log of its changes. */
import { AuditLog } from '../access/audit.ts'
import type { Account } from '../aws/account.ts'
import { rejectForeignArns } from '../aws/foreign-arns.ts'
import { isGuessable } from '../config/token-strength.ts'
import { IdempotencyKeys } from '../http/idempotency.ts'
import { createServer } from '../http/server.ts'
import type { CompositionContext, Parts } from './parts.ts'

export function createAuditLog({
  store,
  settings,
  metrics,
  programDeps,
  now,
  ageingNow,
  onUnexpectedError,
}: CompositionContext): AuditLog {
  return new AuditLog({
    store,
    keptDays: settings.auditDays,
    rejectionsPerMinute: settings.http.limits.auditedRejectionsPerMinute,
    now,
    ageingNow,
    onEntry: (entry) => {
      metrics.countAuditEntry(entry)
      programDeps.onAudited(entry)
    },
    onUnexpectedError,
  })
}

/** Creates the HTTP server, without routes. */
export function openServer(
  { store, settings, metrics, programDeps, ageingNow, onUnexpectedError }: CompositionContext,
  {
    processes,
    peerProcesses,
    tokens,
    signIn,
    accounts,
    audit,
  }: Pick<Parts, 'processes' | 'peerProcesses' | 'tokens' | 'signIn' | 'accounts' | 'audit'>,
) {
  return createServer<Account>(
    {
      findAccount: (name) => accounts.find(name),
      accountNames: () => accounts.names(),
      rejectForeignArns,
      authenticate: signIn.authenticate,
      authenticateSession: (cookies, csrfToken) => signIn.sessions.authenticate(cookies, csrfToken),
      cachedCaller: (token) => tokens.cachedCaller(token),
      onTokensChanged: (listener) => {
        tokens.onChanged(listener)
        signIn.sessions.onEnded(listener)
      },
      audit,
      // A change is answered only after the other processes have applied it, or have not acknowledged in time.
      peersAcknowledged: peerProcesses && (() => peerProcesses.whenAcknowledged()),
      idempotencyKeys: new IdempotencyKeys({
        store,
        isAlive: (id) => processes.isAlive(id),
        keptMiB: settings.http.limits.keptResponsesMiB,
        now: ageingNow,
        onUnexpectedError,
      }),
      trace: programDeps.tracing?.begin,
      onAnswered: (line) => {
        metrics.observeRequest(line)
        programDeps.onAnswered(line)
      },
      onBug: onUnexpectedError,
    },
    { ...settings.http, isForLoopbackOnly: isGuessable(programDeps.adminToken) },
  )
}
