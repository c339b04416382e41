/** Registers the routes of every folder, and the metrics that are computed from the state of the parts. */
import { accountRoutes } from '../accounts/routes.ts'
import { auditRoutes } from '../audit/routes.ts'
import { changeRoutes } from '../changes/routes.ts'
import { clusterRoutes } from '../clusters/routes.ts'
import { consoleRoutes } from '../console/routes.ts'
import { diagnosisRoutes } from '../diagnosis/routes.ts'
import { execRoutes } from '../exec/routes.ts'
import { basicRoutes } from '../http/basics.ts'
import { docsRoutes } from '../http/docs/routes.ts'
import { metricsRoute } from '../http/metrics.ts'
import { findProgramVersion } from '../http/program/version.ts'
import { imageRoutes } from '../images/routes.ts'
import { Logs } from '../logs/logs.ts'
import { logRoutes } from '../logs/routes.ts'
import { AccountMetrics } from '../metrics/account-metrics.ts'
import { metricRoutes } from '../metrics/routes.ts'
import { releaseRoutes } from '../releases/routes.ts'
import { serviceHistoryRoutes } from '../services/history-routes.ts'
import { serviceRoutes } from '../services/routes.ts'
import { sessionRoutes } from '../sessions/routes.ts'
import { componentsWithExamples } from '../shapes/json-schema.ts'
import { createReadinessCheck } from '../store/readiness-check.ts'
import { taskDefinitionRoutes } from '../task-definitions/routes.ts'
import { taskRoutes } from '../tasks/routes.ts'
import { tokenRoutes } from '../tokens/routes.ts'
import type { CompositionContext, Parts } from './parts.ts'

/** Registers metrics such as the number of cache entries. They are read when Prometheus scrapes `/metrics`. */
export function registerStateMetrics(
  { metrics }: CompositionContext,
  { accounts, cache, feeds, history, server }: Parts,
): void {
  metrics.addStateMetrics({
    version: findProgramVersion,
    accounts: () => accounts.all(),
    cache: () => cache.statistics(),
    feedOf: (account) => feeds.stateOf(account),
    streams: server.streams,
    history: history.rowCounts,
  })
}

/** Registers the routes of every folder. */
export function registerRoutes(
  { settings, store, engine, metrics, now, onUnexpectedError }: CompositionContext,
  { server, accounts, feeds, tokens, signIn, audit, auditedOutcomes, cache, history, releaseLog, execSessions }: Parts,
): void {
  // `api` has the routes below /v1/ecs, `rootApi` those beside it.
  const { api, rootApi, routes } = server
  const logs = new Logs({ history, onUnexpectedError })
  basicRoutes(api, rootApi, {
    checkStore: createReadinessCheck(store, now),
    checkEngine: () => engine.whenWritten(),
    runtime: async () => (await engine.runtime())?.name,
  })
  docsRoutes(rootApi, routes, async () =>
    componentsWithExamples((await import('../shapes/examples.ts')).resourceExamples),
  )
  consoleRoutes(rootApi)
  if (!settings.metricsListen) metricsRoute(rootApi, metrics.text)
  accountRoutes(api, { all: () => accounts.all(), feedOf: (account) => feeds.stateOf(account) })
  imageRoutes(api)
  tokenRoutes(api, { store, tokens, now })
  const { countFailedSignIn: countFailure, countOidcSignIn } = server
  sessionRoutes(rootApi, { ...signIn, audit, countFailure, countOidcSignIn, now })
  auditRoutes(api, { store, readOutcomesOf: (entries) => auditedOutcomes.readOutcomesOf(entries) })
  clusterRoutes(api, cache)
  changeRoutes(api, cache)
  taskDefinitionRoutes(api)
  taskRoutes(api, cache, history)
  serviceRoutes(api, {
    cache,
    history,
    releaseLog,
    store,
    deleteServiceKeepingOutcomes: (account, service, remove) =>
      auditedOutcomes.deleteServiceKeepingOutcomes(account, service, remove),
  })
  serviceHistoryRoutes(api, {
    cache,
    history,
    // Finds the containers with a health check in a task definition.
    checkedContainers: (account) => async (name) =>
      (await logs.forAccount(account).logs.definitions.find(name))?.checkedContainers,
  })
  logRoutes(api, { cache, logs, onUnexpectedError })
  metricRoutes(api, { cache, history, accountMetrics: new AccountMetrics() })
  execRoutes(api, execSessions)
  diagnosisRoutes(api, rootApi, { cache, history, logs })
  releaseRoutes(api, { cache, history, releaseLog, store })
}
