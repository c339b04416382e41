/** The one place where the parts are put together; nothing else constructs a shared part. */
import { Server as TlsServer } from 'node:tls'
import type { FastifyInstance } from 'fastify'
import { AuditLog } from './access/audit.ts'
import { guardDefinitions, requireWithin } from './access/guardrails.ts'
import { type TokenMessage, Tokens } from './access/tokens.ts'
import { accountRoutes } from './accounts/routes.ts'
import { auditRoutes } from './audit/routes.ts'
import type { Account } from './aws/account.ts'
import { Accounts } from './aws/accounts.ts'
import type { CallDeps as Corridor, FinishedCall } from './aws/calls/pipeline.ts'
import { openAwsAccount, openLocalAccount } from './aws/open-account.ts'
import { checkReferences } from './aws/own-references.ts'
import { Cache } from './cache/cache.ts'
import type { PeerMessage } from './cache/peer-messages.ts'
import { clusterRoutes } from './clusters/routes.ts'
import type { AwsSettings, LocalSettings, Settings } from './config/settings.ts'
import { EventFeeds } from './events/event-feeds.ts'
import { historyRecheck } from './events/history-recheck.ts'
import { History } from './history/history.ts'
import { countAwsCall, requestCallContext } from './http/aws-calls.ts'
import { basicRoutes } from './http/basics.ts'
import { docsRoutes } from './http/docs/routes.ts'
import { IdempotencyKeys } from './http/idempotency.ts'
import { listenForMetrics, metricsRoute } from './http/metrics.ts'
import type { RequestLine } from './http/request-line.ts'
import { createServer } from './http/server.ts'
import { version } from './http/version.ts'
import { Peers } from './peers/peers.ts'
import { PostgresCarrier } from './peers/postgres-carrier.ts'
import { causeOf } from './problems/problem.ts'
import { type EmbeddedEngine, embeddedEngine } from './process/embedded-engine.ts'
import { keepEvents } from './services/archive.ts'
import { serviceHistoryRoutes } from './services/history-routes.ts'
import { serviceRoutes } from './services/routes.ts'
import { withExamples } from './shapes/json-schema.ts'
import { Processes } from './store/processes.ts'
import { reachability } from './store/reachable.ts'
import { steadyClock } from './store/steady-clock.ts'
import { openStore, type Store } from './store/store.ts'
import { isStoreUnavailable } from './store/unavailable.ts'
import { taskDefinitionRoutes } from './task-definitions/routes.ts'
import { archiveStoppedTasks } from './tasks/archive.ts'
import { taskRoutes } from './tasks/routes.ts'
import { type Metrics, openMetrics } from './telemetry/metrics.ts'
import type { Tracing } from './telemetry/tracing.ts'
import { tokenRoutes } from './tokens/routes.ts'

export interface ProgramDeps {
  adminToken: string
  onAnswered: (line: RequestLine) => void
  /** Told of faults of this program's own; without a request id where none is concerned. */
  onBug: (error: unknown, requestId?: string) => void
  /** Told of each change that was asked for, once it is over. */
  onAudited: (entry: object) => void
  /** Told of what a person should know, beside requests. */
  onNotice: (text: string) => void
  /** Told of every finished call to AWS, those outside of requests too. */
  onAwsCall?: (call: FinishedCall) => void
  /** Where traces are kept. It is closed with the program. */
  tracing?: Tracing | undefined
}

/** A composed program that is not listening yet. */
export interface Program {
  app: FastifyInstance
  /** @returns where it listens, and what else is worth a line at the start */
  listen: () => Promise<{ url: string; notes: string[] }>
  /** Takes accounts as they are in other settings; whatever else differs needs a restart. */
  reconfigure: (settings: Settings) => Promise<void>
  /** Ends waits early, finishes what is being answered, closes everything. */
  close: () => Promise<void>
}

/** The parts that the others stand on. */
interface SharedResources {
  store: Store
  metrics: Metrics
  /** Carries messages to the other processes on the store, where there may be any. */
  carrier: PostgresCarrier | undefined
  engine: EmbeddedEngine
}

export async function compose(settings: Settings, programDeps: ProgramDeps): Promise<Program> {
  const { onBug, onNotice } = programDeps
  const metrics = openMetrics()
  const store = await openStore({ ...settings.store, data: settings.data }, { onNotice, onQuery: metrics.storeAsked })
  const engine = embeddedEngine(settings, { onFault: (error) => onBug(error), onNotice })
  const { url } = settings.store
  const carrier =
    url === undefined ? undefined : new PostgresCarrier({ url, seal: store.seal, process: store.process, onNotice })
  try {
    return await composeProgram({ store, engine, metrics, carrier }, settings, programDeps)
  } catch (error) {
    await carrier?.close()
    await engine.close()
    await store.close()
    throw error
  }
}

async function composeProgram(
  { store, engine, metrics, carrier }: SharedResources,
  settings: Settings,
  programDeps: ProgramDeps,
): Promise<Program> {
  const { adminToken, onAnswered, onAudited, onBug, onNotice, onAwsCall, tracing } = programDeps
  const now = Date.now
  const ageingNow = steadyClock(now)
  // A store that does not answer is no bug.
  const onFault = (error: unknown, requestId?: string) =>
    isStoreUnavailable(error) ? onNotice(`the store does not answer: ${causeOf(error)}`) : onBug(error, requestId)
  const processes = new Processes(store, onFault)
  await processes.open()
  const budgetPeers: Corridor['budgetPeers'] = {
    count: () => 1 + processes.others.length,
    joinedLate: processes.others.length > 0,
  }
  const peers = carrier && new Peers<PeerMessage | TokenMessage>(carrier)
  const tokens = new Tokens({ store, adminToken, now, onFault, broadcast: (message) => peers?.broadcast(message) })
  const issuer = settings.oidc && new (await import('./access/oidc.ts')).OidcIssuer(settings.oidc)
  const onCall: Corridor['onCall'] = (call) => {
    countAwsCall(call)
    metrics.awsCalled(call)
    onAwsCall?.(call)
  }
  let { guardrails: ofEveryAccount } = settings
  const callDepsOf = ({ name, guardrails }: AwsSettings | LocalSettings): Corridor => ({
    allow: (action, input) => requireWithin([ofEveryAccount, guardrails], name, action, input),
    guardsDefinitions: () => guardDefinitions([ofEveryAccount, guardrails]),
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
  const accounts = new Accounts<AwsSettings | LocalSettings>(async (each) => {
    const account = each.mode === 'local' ? await openLocal(each) : openAwsAccount(each, callDepsOf(each))
    cache.join(account)
    archiveStoppedTasks(account, history)
    keepEvents(account, history)
    return account
  })
  const history = new History({ store, keptDays: settings.historyDays, now: ageingNow, onFault })
  processes.onLooked = (others) => peers?.keep(others)
  const cache = new Cache({ maxBytes: settings.viewsMiB * 2 ** 20, shared: peers && { store, others: peers, onFault } })
  await accounts.replace(settings.accounts)
  await peers?.open(
    {
      onMessages: (said) => {
        for (const message of said) if (message.about === 'token') tokens.receive(message)
        cache.receive(
          said.filter((message) => message.about !== 'token'),
          (name) => accounts.find(name),
        )
      },
      snapshot: () => cache.snapshot(accounts.all()),
      onMissed: () => {
        tokens.missed()
        cache.invalidateAll(accounts.all())
      },
      onJoined: () => processes.look().catch(onFault),
      onEnded: () => void processes.look().catch(onFault),
    },
    processes.others,
  )
  const feeds = new EventFeeds({
    onReceived: ({ name: account }, delayMs) => metrics.eventReceived({ account, delayMs }),
    onCounted: ({ name: account }, what, count) => metrics.queueCounted({ account, what, count }),
    onChange: (account, change) => cache.notifyChanged(account, change),
    onPassing: historyRecheck(),
    // A message goes to one process only: where there are several, none can be sure to hear of everything.
    onRely: (account, eventsArrive) => cache.relyOnEvents(account, eventsArrive && !peers),
    onNotice,
  })
  feeds.follow(accounts.all())

  const audit = new AuditLog({
    store,
    keptDays: settings.auditDays,
    rejectionsPerMinute: settings.http.limits.auditedRejectionsPerMinute,
    now,
    ageingNow,
    onEntry: (entry) => {
      metrics.audited(entry)
      onAudited(entry)
    },
    onFault,
  })
  const { app, api, site, routes, streams, drain } = await createServer<Account>(
    {
      findAccount: (name) => accounts.find(name),
      accountNames: () => accounts.names(),
      checkReferences,
      authenticate: issuer
        ? async (shown) => (await tokens.authenticate(shown)) ?? issuer.authenticate(shown)
        : (shown) => tokens.authenticate(shown),
      recall: (shown) => tokens.recall(shown),
      onTokensChanged: (listener) => tokens.onChanged(listener),
      audit,
      peersAcknowledged: peers && (() => peers.acknowledged()),
      idempotencyKeys: new IdempotencyKeys({
        store,
        isAlive: (id) => processes.isAlive(id),
        keptMiB: settings.http.limits.keptResponsesMiB,
        now: ageingNow,
        onFault,
      }),
      trace: tracing?.begin,
      onAnswered: (line) => {
        metrics.answered(line)
        onAnswered(line)
      },
      onBug: onFault,
    },
    settings.http,
  )
  metrics.read({
    version,
    accounts: () => accounts.all(),
    cache: () => cache.size(),
    feedOf: (account) => feeds.stateOf(account),
    streams,
    history: history.figures,
  })
  basicRoutes(api, site, {
    storeAnswers: reachability(store, now),
    engineWrites: () => engine.durable(),
    runtime: async () => (await engine.runtime())?.name,
  })
  docsRoutes(site, routes, async () => withExamples((await import('./shapes/examples.ts')).resourceExamples))
  if (!settings.metricsListen) metricsRoute(site, metrics.text)
  accountRoutes(api, { all: () => accounts.all(), feedOf: (account) => feeds.stateOf(account) })
  tokenRoutes(api, { store, tokens, now })
  auditRoutes(api, store)
  clusterRoutes(api, cache)
  taskDefinitionRoutes(api)
  taskRoutes(api, cache, history)
  serviceRoutes(api, cache, history)
  serviceHistoryRoutes(api, cache, history)

  let metricsListener: Awaited<ReturnType<typeof listenForMetrics>> | undefined
  return {
    app,
    listen: async () => {
      const endpoints = await engine.listen()
      const runtime = await engine.runtime()
      if (settings.metricsListen) metricsListener = await listenForMetrics(settings.metricsListen, metrics.text, onBug)
      const notes = [
        ...endpoints.map((url) => `local AWS endpoint: ${url}`),
        ...(runtime ? [runtime.description] : []),
        ...(metricsListener ? [`metrics: ${metricsListener.url}`] : []),
      ]
      return { url: await app.listen({ ...settings.listen, ...(settings.reusePort && { reusePort: true }) }), notes }
    },
    reconfigure: async (next) => {
      await engine.replaceAccounts(next.accounts)
      await accounts.replace(next.accounts)
      ofEveryAccount = next.guardrails
      feeds.follow(accounts.all())
      if (next.http.tls && app.server instanceof TlsServer) app.server.setSecureContext(next.http.tls)
    },
    close: async () => {
      drain()
      await app.close()
      await audit.close()
      metricsListener?.close()
      await accounts.replace([])
      await feeds.ended()
      await cache.close()
      await peers?.close()
      await engine.close()
      await history.close()
      await processes.close()
      await store.close()
      await tracing?.close().catch((error: unknown) => onNotice(`the last traces are lost: ${String(error)}`))
    },
  }
}
