/**
 * The only file that constructs the parts that several folders share, and passes them to the code that uses them.
 *
 * `compose` opens them from the bottom up: the store and the embedded engine, the accounts, the connection to other
 * processes, the event feeds, the HTTP server with its routes. `closeProgram` closes them in the opposite direction, so
 * that no part is closed before the parts that use it.
 */
import { Server as TlsServer } from 'node:tls'
import type { FastifyInstance } from 'fastify'
import { AuditLog } from './access/audit.ts'
import { BrowserSessions, type SessionMessage } from './access/browser-sessions.ts'
import type { Credential, FencedCaller } from './access/caller.ts'
import { findCurrentCaller } from './access/credential.ts'
import { haveTaskDefinitionGuardrails, requireWithinGuardrails } from './access/guardrails.ts'
import type { OidcSignIn } from './access/oidc-sign-in.ts'
import { sha256Hex } from './access/token-value.ts'
import { type TokenMessage, Tokens } from './access/tokens.ts'
import { accountRoutes } from './accounts/routes.ts'
import { auditRoutes } from './audit/routes.ts'
import type { Account } from './aws/account.ts'
import { Accounts } from './aws/accounts.ts'
import type { CallDeps, FinishedCall } from './aws/calls/pipeline.ts'
import { openAwsAccount, openLocalAccount } from './aws/open-account.ts'
import { rejectForeignArns } from './aws/own-references.ts'
import { Cache } from './cache/cache.ts'
import type { PeerMessage } from './cache/peer-messages.ts'
import { changeRoutes } from './changes/routes.ts'
import { clusterRoutes } from './clusters/routes.ts'
import type { AwsSettings, LocalSettings, Settings } from './config/settings.ts'
import { isGuessable } from './config/token-strength.ts'
import { consoleRoutes } from './console/routes.ts'
import { diagnosisRoutes } from './diagnosis/routes.ts'
import { describeBeforeRemoval } from './events/describe-before-removal.ts'
import { EventFeeds } from './events/event-feeds.ts'
import { execRoutes } from './exec/routes.ts'
import { ExecSessions } from './exec/sessions.ts'
import { History } from './history/history.ts'
import { ReleaseLog } from './history/release-log.ts'
import { countAwsCall, requestCallContext } from './http/aws-calls.ts'
import { basicRoutes } from './http/basics.ts'
import { docsRoutes } from './http/docs/routes.ts'
import { IdempotencyKeys } from './http/idempotency.ts'
import { listenForMetrics, metricsRoute } from './http/metrics.ts'
import { version } from './http/program/version.ts'
import type { RequestLine } from './http/request-line.ts'
import { createServer } from './http/server.ts'
import { Logs } from './logs/logs.ts'
import { logRoutes } from './logs/routes.ts'
import { AccountMetrics } from './metrics/account-metrics.ts'
import { metricRoutes } from './metrics/routes.ts'
import { Peers } from './peers/peers.ts'
import { PostgresCarrier } from './peers/postgres-carrier.ts'
import { causeOf } from './problems/problem.ts'
import { type EmbeddedEngine, embeddedEngine } from './process/embedded-engine.ts'
import { ReleaseArchive } from './releases/archive.ts'
import { releaseRoutes } from './releases/routes.ts'
import { archiveEvents } from './services/archive.ts'
import { serviceHistoryRoutes } from './services/history-routes.ts'
import { serviceRoutes } from './services/routes.ts'
import { pathWithCode, sessionRoutes } from './sessions/routes.ts'
import { componentsWithExamples } from './shapes/json-schema.ts'
import { Processes } from './store/processes.ts'
import { readinessCheck } from './store/readiness-check.ts'
import { steadyClock } from './store/steady-clock.ts'
import { openStore, type Store } from './store/store.ts'
import { isStoreUnavailable } from './store/unavailable.ts'
import { taskDefinitionRoutes } from './task-definitions/routes.ts'
import { archiveStoppedTasks } from './tasks/archive.ts'
import { taskRoutes } from './tasks/routes.ts'
import type { Log } from './telemetry/log.ts'
import { type Metrics, openMetrics } from './telemetry/metrics.ts'
import type { Tracing } from './telemetry/tracing.ts'
import { tokenRoutes } from './tokens/routes.ts'

export interface ProgramDeps {
  adminToken: string
  onAnswered: (line: RequestLine) => void
  /** Called with each bug of this program, and with the id of the request that it occurred in, if any. */
  onBug: (error: unknown, requestId?: string) => void
  /** Called with each entry of the audit log when its change is over. */
  onAudited: Log['audited']
  /** Called with each message for the operator that does not belong to one request. */
  onNotice: (text: string) => void
  /** Called with each finished call to AWS, also with those outside of requests. */
  onAwsCall?: (call: FinishedCall) => void
  /** Exports traces. It is closed with the program. */
  tracing?: Tracing | undefined
}

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

/** The parts on which all other parts depend. */
interface SharedResources {
  store: Store
  metrics: Metrics
  /** Carries messages between the processes on one PostgreSQL; undefined on SQLite, which only one process can use. */
  carrier: PostgresCarrier | undefined
  engine: EmbeddedEngine
}

/** The shared resources, and other values that most functions below need. */
interface CompositionContext extends SharedResources {
  settings: Settings
  programDeps: ProgramDeps
  now: () => number
  /** The clock for the age of stored data. Unlike `now`, it does not follow a system clock that jumps forward. */
  ageingNow: () => number
  onUnexpectedError: (error: unknown, requestId?: string) => void
}

/** The parts, in the order in which they are opened. */
interface Parts {
  processes: Processes
  /** The other processes on the store; undefined where there can be none. */
  peers: Peers<PeerMessage | TokenMessage | SessionMessage> | undefined
  tokens: Tokens
  signIn: SignInParts
  history: History
  releaseLog: ReleaseLog
  releaseArchive: ReleaseArchive
  cache: Cache
  accounts: Accounts<AwsSettings | LocalSettings>
  feeds: EventFeeds
  audit: AuditLog
  execSessions: ExecSessions
  server: Awaited<ReturnType<typeof openServer>>
}

export async function compose(settings: Settings, programDeps: ProgramDeps): Promise<Program> {
  const shared = await openShared(settings, programDeps)
  try {
    return await composeProgram(shared, settings, programDeps)
  } catch (error) {
    await shared.carrier?.close()
    await shared.engine.close()
    await shared.store.close()
    throw error
  }
}

async function openShared(settings: Settings, { onBug, onNotice }: ProgramDeps): Promise<SharedResources> {
  const metrics = openMetrics()
  const store = await openStore({ ...settings.store, data: settings.data }, { onNotice, onQuery: metrics.storeQueried })
  const engine = embeddedEngine(settings, { onUnexpectedError: (error) => onBug(error), onNotice })
  const { url } = settings.store
  const carrier =
    url === undefined ? undefined : new PostgresCarrier({ url, seal: store.seal, processId: store.processId, onNotice })
  return { store, metrics, carrier, engine }
}

async function composeProgram(shared: SharedResources, settings: Settings, programDeps: ProgramDeps): Promise<Program> {
  const { store, carrier } = shared
  const now = Date.now
  const ageingNow = steadyClock(now)
  const onUnexpectedError = unexpectedErrorHandler(programDeps)
  const context: CompositionContext = { ...shared, settings, programDeps, now, ageingNow, onUnexpectedError }

  const processes = new Processes(store, onUnexpectedError)
  await processes.open()
  const budgetPeers = budgetPeersOf(processes)
  const peers: Parts['peers'] = carrier && new Peers(carrier)
  processes.onRefreshed = (others) => peers?.removeDeadPeers(others)
  const tokens = openTokens(context, peers)
  const signIn = await openSignIn(context, tokens, peers)
  const history = new History({ store, keptDays: settings.historyDays, now: ageingNow, onUnexpectedError })
  const releaseLog = new ReleaseLog({ store, now: ageingNow, onUnexpectedError })
  const releaseArchive = new ReleaseArchive({ releaseLog, onUnexpectedError })
  const cache = new Cache({
    maxBytes: settings.cacheMiB * 2 ** 20,
    shared: peers && { store, peers, onUnexpectedError },
  })
  const { accounts, reconfigureAccounts } = await openAccounts(context, { cache, history, releaseArchive }, budgetPeers)
  if (peers) await connectPeers(context, peers, { processes, tokens, signIn, cache, accounts })
  const feeds = createEventFeeds(context, { cache, peers })
  feeds.follow(accounts.all())
  const audit = createAuditLog(context)
  const server = await openServer(context, { processes, peers, tokens, signIn, accounts, audit })
  const execSessions = openExecSessions(context, { processes, tokens, signIn, accounts, audit })
  const parts: Parts = {
    processes,
    peers,
    tokens,
    signIn,
    history,
    releaseLog,
    releaseArchive,
    cache,
    accounts,
    feeds,
    audit,
    execSessions,
    server,
  }

  publishFigures(context, parts)
  registerRoutes(context, parts)
  const { listen, closeMetrics } = createListeners(context, server)
  return {
    app: server.app,
    listen,
    reconfigure: async (newSettings) => {
      await reconfigureAccounts(newSettings)
      feeds.follow(accounts.all())
      const { tls } = newSettings.http
      if (tls && server.app.server instanceof TlsServer) server.app.server.setSecureContext(tls)
    },
    newSignInPath: async () => pathWithCode((await signIn.sessions.createCode(tokens.admin)).code),
    close: () => closeProgram(context, parts, closeMetrics),
  }
}

/** Reports unexpected errors as bugs. A store that does not respond is not a bug, but a notice for the operator. */
function unexpectedErrorHandler({ onBug, onNotice }: ProgramDeps): CompositionContext['onUnexpectedError'] {
  return (error, requestId) =>
    isStoreUnavailable(error) ? onNotice(`the store does not respond: ${causeOf(error)}`) : onBug(error, requestId)
}

/** Returns the processes with which this process shares AWS's request buckets: all processes on the same store. */
function budgetPeersOf(processes: Processes): CallDeps['budgetPeers'] {
  return { count: () => 1 + processes.otherProcesses.length, joinedLate: processes.otherProcesses.length > 0 }
}

function openTokens({ store, programDeps, now, onUnexpectedError }: CompositionContext, peers: Parts['peers']): Tokens {
  const { adminToken } = programDeps
  return new Tokens({ store, adminToken, now, onUnexpectedError, broadcast: (message) => peers?.broadcast(message) })
}

type Authenticate = (token: string) => FencedCaller | undefined | Promise<FencedCaller | undefined>

/** The parts that authenticate callers. */
interface SignInParts {
  /** Accepts the tokens of this service and, where an identity provider is configured, the tokens that it issues. */
  authenticate: Authenticate
  sessions: BrowserSessions
  /** Undefined where browsers cannot sign in with an identity provider. */
  oidc: OidcSignIn | undefined
}

async function openSignIn(
  { store, settings, now, onUnexpectedError }: CompositionContext,
  tokens: Tokens,
  peers: Parts['peers'],
): Promise<SignInParts> {
  const broadcast = (message: SessionMessage) => peers?.broadcast(message)
  const { oidc } = settings
  const oidcSettingsHash = oidc && sha256Hex(JSON.stringify([oidc.issuer, oidc.audience, oidc.nameClaim, oidc.rules]))
  const sessions = new BrowserSessions({ store, tokens, oidcSettingsHash, now, broadcast, onUnexpectedError })
  if (!oidc) return { authenticate: (token) => tokens.authenticate(token), sessions, oidc: undefined }
  const issuer = new (await import('./access/oidc.ts')).OidcIssuer(oidc)
  const { clientId } = oidc
  return {
    authenticate: async (token) => (await tokens.authenticate(token)) ?? issuer.authenticate(token),
    sessions,
    oidc:
      clientId === undefined
        ? undefined
        : new (await import('./access/oidc-sign-in.ts')).OidcSignIn({
            settings: { ...oidc, clientId },
            issuer,
            store,
            now,
          }),
  }
}

interface OpenAccounts {
  accounts: Parts['accounts']
  /** Opens and closes accounts so that they match new settings, and applies the guardrails of these settings. */
  reconfigureAccounts: (newSettings: Settings) => Promise<void>
}

/** Opens the accounts of the settings. */
async function openAccounts(
  { settings, engine, metrics, programDeps }: CompositionContext,
  { cache, history, releaseArchive }: Pick<Parts, 'cache' | 'history' | 'releaseArchive'>,
  budgetPeers: CallDeps['budgetPeers'],
): Promise<OpenAccounts> {
  let { guardrails: guardrailsOfAllAccounts } = settings
  const onCall: CallDeps['onCall'] = (call) => {
    countAwsCall(call)
    metrics.awsCalled(call)
    programDeps.onAwsCall?.(call)
  }
  const callDepsOf = ({ name, guardrails }: AwsSettings | LocalSettings): CallDeps => ({
    requireAllowed: (action, input) =>
      requireWithinGuardrails([guardrailsOfAllAccounts, guardrails], name, action, input),
    hasTaskDefinitionGuardrails: () => haveTaskDefinitionGuardrails([guardrailsOfAllAccounts, guardrails]),
    onCall,
    onCircuitOpened: (service) => metrics.circuitOpened({ account: name, service }),
    callContext: requestCallContext,
    budgetPeers,
  })
  const openLocal = async (local: LocalSettings) => {
    const { requestHandler, subnets, runtime } = await engine.connectionTo(local.number)
    return openLocalAccount(
      { ...local, defaults: { subnets, ...local.defaults }, runtime: runtime.name, requestHandler },
      callDepsOf(local),
    )
  }
  const accounts: Parts['accounts'] = new Accounts(async (each) => {
    const account = each.mode === 'local' ? await openLocal(each) : openAwsAccount(each, callDepsOf(each))
    cache.shareOwnWrites(account)
    archiveStoppedTasks(account, history)
    archiveEvents(account, history)
    releaseArchive.watch(account)
    return account
  })
  await accounts.replace(settings.accounts)
  return {
    accounts,
    reconfigureAccounts: async (newSettings) => {
      await engine.replaceAccounts(newSettings.accounts)
      await accounts.replace(newSettings.accounts)
      guardrailsOfAllAccounts = newSettings.guardrails
    },
  }
}

/** Joins the other processes on the store, so that this process receives their changes. */
function connectPeers(
  { onUnexpectedError }: CompositionContext,
  peers: NonNullable<Parts['peers']>,
  { processes, tokens, signIn, cache, accounts }: Pick<Parts, 'processes' | 'tokens' | 'signIn' | 'cache' | 'accounts'>,
): Promise<void> {
  return peers.open(
    {
      onMessages: (messages) => {
        for (const message of messages) {
          if (message.about === 'token') tokens.receive(message)
          if (message.about === 'session') signIn.sessions.receive()
        }
        cache.receive(
          messages.filter((message) => message.about !== 'token' && message.about !== 'session'),
          (name) => accounts.find(name),
        )
      },
      snapshot: () => cache.snapshot(accounts.all()),
      onMissed: () => {
        tokens.invalidateAll()
        cache.invalidateAll(accounts.all())
      },
      onPeerJoined: () => processes.refresh().catch(onUnexpectedError),
      onPeerEnded: () => void processes.refresh().catch(onUnexpectedError),
    },
    processes.otherProcesses,
  )
}

/** Creates the receivers of ECS events. They receive nothing before `follow` is called. */
function createEventFeeds(
  { metrics, programDeps }: CompositionContext,
  { cache, peers }: Pick<Parts, 'cache' | 'peers'>,
): EventFeeds {
  return new EventFeeds({
    onReceived: ({ name: account }, delayMs) => metrics.eventReceived({ account, delayMs }),
    onCounted: ({ name: account }, kind, count) => metrics.queueCounted({ account, kind, count }),
    onChange: (account, change) => cache.notifyChanged(account, change),
    onSoonRemoved: describeBeforeRemoval(),
    // SQS delivers a message to one process only. With several processes, no process receives every event.
    onArrivalChange: (account, eventsArrive) => cache.setEventsArrive(account, eventsArrive && !peers),
    onNotice: programDeps.onNotice,
  })
}

function createAuditLog({
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
      metrics.audited(entry)
      programDeps.onAudited(entry)
    },
    onUnexpectedError,
  })
}

/** Creates the sessions in containers, and starts their timers. */
function openExecSessions(
  { store, programDeps, now, onUnexpectedError }: CompositionContext,
  { processes, tokens, signIn, accounts, audit }: Pick<Parts, 'processes' | 'tokens' | 'signIn' | 'accounts' | 'audit'>,
): ExecSessions {
  const sessions = new ExecSessions({
    store,
    findAccount: (name) => accounts.find(name),
    allAccounts: () => accounts.all(),
    findCurrentCaller: (credential) =>
      findCurrentCaller(credential as Credential, { tokens, sessions: signIn.sessions }, now()),
    isAlive: (id) => processes.isAlive(id),
    audit,
    onNotice: programDeps.onNotice,
    onUnexpectedError,
  })
  const recheck = () => void sessions.terminals.recheck().catch(onUnexpectedError)
  tokens.onChanged(recheck)
  signIn.sessions.onEnded(recheck)
  sessions.start()
  return sessions
}

/** Creates the HTTP server, without routes. */
function openServer(
  { store, settings, metrics, programDeps, ageingNow, onUnexpectedError }: CompositionContext,
  {
    processes,
    peers,
    tokens,
    signIn,
    accounts,
    audit,
  }: Pick<Parts, 'processes' | 'peers' | 'tokens' | 'signIn' | 'accounts' | 'audit'>,
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
      peersAcknowledged: peers && (() => peers.whenAcknowledged()),
      idempotencyKeys: new IdempotencyKeys({
        store,
        isAlive: (id) => processes.isAlive(id),
        keptMiB: settings.http.limits.keptResponsesMiB,
        now: ageingNow,
        onUnexpectedError,
      }),
      trace: programDeps.tracing?.begin,
      onAnswered: (line) => {
        metrics.answered(line)
        programDeps.onAnswered(line)
      },
      onBug: onUnexpectedError,
    },
    { ...settings.http, isForLoopbackOnly: isGuessable(programDeps.adminToken) },
  )
}

/** Adds the figures of the parts to the metrics. The figures are read when Prometheus scrapes the metrics. */
function publishFigures({ metrics }: CompositionContext, { accounts, cache, feeds, history, server }: Parts): void {
  metrics.addStateMetrics({
    version,
    accounts: () => accounts.all(),
    cache: () => cache.statistics(),
    feedOf: (account) => feeds.stateOf(account),
    streams: server.streams,
    history: history.figures,
  })
}

/** Registers the routes of every folder. */
function registerRoutes(
  { settings, store, engine, metrics, now, onUnexpectedError }: CompositionContext,
  { server, accounts, feeds, tokens, signIn, audit, cache, history, releaseLog, execSessions }: Parts,
): void {
  // `api` has the routes below /v1/ecs, `rootApi` those beside it.
  const { api, rootApi, routes } = server
  const logs = new Logs({ history, onUnexpectedError })
  basicRoutes(api, rootApi, {
    checkStore: readinessCheck(store, now),
    checkEngine: () => engine.whenWritten(),
    runtime: async () => (await engine.runtime())?.name,
  })
  docsRoutes(rootApi, routes, async () =>
    componentsWithExamples((await import('./shapes/examples.ts')).resourceExamples),
  )
  consoleRoutes(rootApi)
  if (!settings.metricsListen) metricsRoute(rootApi, metrics.text)
  accountRoutes(api, { all: () => accounts.all(), feedOf: (account) => feeds.stateOf(account) })
  tokenRoutes(api, { store, tokens, now })
  const { countFailedSignIn: countFailure, countOidcSignIn } = server
  sessionRoutes(rootApi, { ...signIn, audit, countFailure, countOidcSignIn, now })
  auditRoutes(api, store)
  clusterRoutes(api, cache)
  changeRoutes(api, cache)
  taskDefinitionRoutes(api)
  taskRoutes(api, cache, history)
  serviceRoutes(api, { cache, history, releaseLog, store })
  serviceHistoryRoutes(api, cache, history)
  logRoutes(api, { cache, logs, onUnexpectedError })
  metricRoutes(api, { cache, history, accountMetrics: new AccountMetrics() })
  execRoutes(api, execSessions)
  diagnosisRoutes(api, rootApi, { cache, history, logs })
  releaseRoutes(api, { cache, releaseLog, store })
}

interface Listeners {
  listen: Program['listen']
  /** Closes the address of the metrics. The API server and the engine close their own addresses. */
  closeMetrics: () => void
}

/**
 * Creates the function that opens this process's ports: of the engine, of the metrics if configured, and of the API.
 */
function createListeners(
  { settings, engine, metrics, programDeps }: CompositionContext,
  { app }: Parts['server'],
): Listeners {
  const { metricsListen, reusePort } = settings
  let metricsListener: Awaited<ReturnType<typeof listenForMetrics>> | undefined
  return {
    listen: async () => {
      const endpoints = await engine.listen()
      const runtime = await engine.runtime()
      if (metricsListen) metricsListener = await listenForMetrics(metricsListen, metrics.text, programDeps.onBug)
      const notes = [
        ...endpoints.map((url) => `local AWS endpoint: ${url}`),
        ...(runtime ? [runtime.description] : []),
        ...(metricsListener ? [`metrics: ${metricsListener.url}`] : []),
      ]
      return { url: await app.listen({ ...settings.listen, ...(reusePort && { reusePort: true }) }), notes }
    },
    closeMetrics: () => metricsListener?.close(),
  }
}

/**
 * Closes each part after the parts that use it. The store is closed late, because most parts write to it at their end.
 */
async function closeProgram(
  { engine, store, programDeps }: CompositionContext,
  { processes, peers, accounts, history, releaseLog, releaseArchive, cache, feeds, audit, execSessions, server }: Parts,
  closeMetrics: () => void,
): Promise<void> {
  const { tracing, onNotice } = programDeps
  const sessionsEnded = execSessions.close()
  server.drain()
  await server.app.close()
  await sessionsEnded
  await audit.close()
  closeMetrics()
  await accounts.replace([])
  await releaseArchive.close()
  await feeds.ended()
  await cache.close()
  await peers?.close()
  await engine.close()
  await history.close()
  await releaseLog.close()
  await processes.close()
  await store.close()
  await tracing?.close().catch((error: unknown) => onNotice(`the last traces are lost: ${String(error)}`))
}
