/**
 * Constructs the parts that several folders share, from the bottom up: the store and the embedded engine, the accounts,
 * the connection to other processes, the event feeds, the HTTP server with its routes. The functions in `composition/`
 * open them. They close in the opposite direction, so that no part is closed before the parts that use it.
 */
import { Server as TlsServer } from 'node:tls'
import type { FastifyInstance } from 'fastify'
import { Cache } from './cache/cache.ts'
import { openAccounts } from './composition/accounts.ts'
import { createEventFeeds } from './composition/event-feeds.ts'
import { openExecSessions } from './composition/exec-sessions.ts'
import { createListeners } from './composition/listeners.ts'
import type { CompositionContext, Parts, ProgramDeps } from './composition/parts.ts'
import { budgetPeersOf, connectPeers } from './composition/peers.ts'
import { registerRoutes, registerStateMetrics } from './composition/routes.ts'
import { createAuditLog, openServer } from './composition/server.ts'
import { openSignIn, openTokens } from './composition/sign-in.ts'
import type { Settings } from './config/settings.ts'
import { History } from './history/history.ts'
import { ReleaseLog } from './history/release-log.ts'
import { Peers } from './peers/peers.ts'
import { PostgresCarrier } from './peers/postgres-carrier.ts'
import { causeText } from './problems/problem.ts'
import { createEmbeddedEngine } from './process/embedded-engine.ts'
import { ReleaseArchive } from './releases/archive.ts'
import { AuditedOutcomes } from './releases/audited-outcomes.ts'
import { pathWithCode } from './sessions/routes.ts'
import { Processes } from './store/processes.ts'
import { createSteadyClock } from './store/steady-clock.ts'
import { openStore } from './store/store.ts'
import { isStoreUnavailable } from './store/unavailable.ts'
import { openMetrics } from './telemetry/metrics.ts'

/** A composed program that is not listening yet. */
export interface Program {
  app: FastifyInstance
  /** @returns the URL of the API, and more lines to print at the start for the operator */
  listen: () => Promise<{ url: string; notes: string[] }>
  /**
   * Applies the accounts, the guardrails and the TLS certificate of new settings. All other settings need a restart.
   */
  reconfigure: (settings: Settings) => Promise<void>
  /** Returns a path of the console that signs a browser in as the admin, once. */
  newSignInPath: () => Promise<string>
  /** Ends waits early, finishes open requests, and closes everything. */
  close: () => Promise<void>
}

/** @throws Error when a part cannot be opened. The parts that were opened before are closed first. */
export async function compose(settings: Settings, programDeps: ProgramDeps): Promise<Program> {
  const closing = new AsyncDisposableStack()
  try {
    return await openParts(settings, programDeps, closing)
  } catch (error) {
    await closing.disposeAsync().catch(programDeps.onBug)
    throw error
  }
}

/** @param closing receives how each part is closed; the part that was opened last is closed first */
async function openParts(
  settings: Settings,
  programDeps: ProgramDeps,
  closing: AsyncDisposableStack,
): Promise<Program> {
  const { onBug, onNotice, tracing } = programDeps
  const onUnexpectedError = unexpectedErrorHandler(programDeps)
  closing.defer(async () =>
    tracing?.close().catch((error: unknown) => onNotice(`the last traces are lost: ${String(error)}`)),
  )
  const metrics = openMetrics()
  const store = await openStore(
    { ...settings.store, data: settings.data },
    { onNotice, onQuery: metrics.observeStoreQuery },
  )
  closing.defer(() => store.close())
  const now = Date.now
  const ageingNow = createSteadyClock(now)
  const processes = new Processes(store, onUnexpectedError)
  await processes.open()
  closing.defer(() => processes.close())

  // Opened early, so that they close late: most parts still add entries while they are closed.
  const releaseLog = new ReleaseLog({ store, now: ageingNow, onUnexpectedError })
  closing.defer(() => releaseLog.close())
  const history = new History({ store, keptDays: settings.historyDays, now: ageingNow, onUnexpectedError })
  closing.defer(() => history.close())
  const engine = createEmbeddedEngine(settings, { onUnexpectedError: (error) => onBug(error), onNotice })
  closing.defer(() => engine.close())
  const { url } = settings.store
  // `cipher` encrypts the messages between processes.
  const { cipher, processId } = store
  const peerProcesses: Parts['peerProcesses'] =
    url === undefined ? undefined : new Peers(new PostgresCarrier({ url, cipher, processId, onNotice }))
  closing.defer(async () => peerProcesses?.close())
  processes.onRefreshed = (others) => peerProcesses?.removeDeadPeers(others)

  const context: CompositionContext = {
    store,
    metrics,
    engine,
    settings,
    programDeps,
    now,
    ageingNow,
    onUnexpectedError,
  }
  const tokens = openTokens(context, peerProcesses)
  const signIn = await openSignIn(context, tokens, peerProcesses)
  const cache = new Cache({
    maxBytes: settings.cacheMiB * 2 ** 20,
    shared: peerProcesses && { store, peerProcesses, onUnexpectedError },
    onUnexpectedError,
  })
  closing.defer(() => cache.close())
  const feeds = createEventFeeds(context, { cache, peerProcesses })
  closing.defer(() => feeds.whenEnded())
  const releaseArchive = new ReleaseArchive({ releaseLog, onUnexpectedError })
  closing.defer(() => releaseArchive.close())
  const { accounts, reconfigureAccounts } = await openAccounts(
    context,
    { cache, history, releaseArchive },
    budgetPeersOf(processes),
  )
  closing.defer(() => accounts.replace([]))
  if (peerProcesses) await connectPeers(context, peerProcesses, { processes, tokens, signIn, cache, accounts })
  feeds.startFeedsOf(accounts.all())
  const findAccount = (name: string) => accounts.find(name)
  const auditedOutcomes = new AuditedOutcomes({ store, releaseLog, findAccount, now: ageingNow, onUnexpectedError })
  auditedOutcomes.open()
  closing.defer(() => auditedOutcomes.close())

  const { listen, closeMetrics } = createListeners(context)
  closing.defer(closeMetrics)
  const audit = createAuditLog(context)
  closing.defer(() => audit.close())
  const server = await openServer(context, { processes, peerProcesses, tokens, signIn, accounts, audit })
  const execSessions = openExecSessions(context, { processes, tokens, signIn, accounts, audit })
  closing.defer(async () => {
    const sessionsEnded = execSessions.close()
    server.drain()
    await server.app.close()
    await sessionsEnded
  })

  const parts: Parts = {
    processes,
    peerProcesses,
    tokens,
    signIn,
    history,
    releaseLog,
    cache,
    accounts,
    feeds,
    audit,
    auditedOutcomes,
    execSessions,
    server,
  }
  registerStateMetrics(context, parts)
  registerRoutes(context, parts)
  return {
    app: server.app,
    listen: () => listen(server.app),
    reconfigure: async (newSettings) => {
      await reconfigureAccounts(newSettings)
      feeds.startFeedsOf(accounts.all())
      const { tls } = newSettings.http
      if (tls && server.app.server instanceof TlsServer) server.app.server.setSecureContext(tls)
    },
    newSignInPath: async () => pathWithCode((await signIn.sessions.createCode(tokens.admin)).code),
    close: () => closing.disposeAsync(),
  }
}

/** Reports unexpected errors as bugs. A store that does not respond is not a bug, but a notice for the operator. */
function unexpectedErrorHandler({ onBug, onNotice }: ProgramDeps): CompositionContext['onUnexpectedError'] {
  return (error, requestId) =>
    isStoreUnavailable(error) ? onNotice(`the store does not respond: ${causeText(error)}`) : onBug(error, requestId)
}
