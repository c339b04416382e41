/** SIGHUP: the configuration is read again. What is broken is refused whole; what can't change while running is told. */
import { readConfiguration, type Source } from '../config/read.ts'
import type { Settings } from '../config/settings.ts'
import type { Log } from '../telemetry/log.ts'

/** What can't change while running, by the keys of the configuration that say it. */
const fixed: Readonly<Record<string, (settings: Settings) => unknown>> = {
  listen: ({ listen }) => listen,
  data: ({ data }) => data,
  token: ({ token }) => token,
  reusePort: ({ reusePort }) => reusePort,
  viewsMiB: ({ viewsMiB }) => viewsMiB,
  store: ({ store }) => store.url,
  storeKey: ({ store }) => store.key,
  auditDays: ({ auditDays }) => auditDays,
  historyDays: ({ historyDays }) => historyDays,
  oidc: ({ oidc }) => oidc,
  rateLimit: ({ http }) => http.rateLimit,
  limits: ({ http }) => http.limits,
  cors: ({ http }) => http.cors,
  // A certificate is taken while running; that there is one is not.
  tls: ({ http }) => http.tls !== undefined,
  trustProxy: ({ http }) => http.trustProxy,
  logLevel: ({ logLevel }) => logLevel,
  'metrics.listen': ({ metricsListen }) => metricsListen,
  'accounts.*.listen': ({ engineListen }) => engineListen,
  'accounts.*.pace': ({ engine }) => engine.pace,
  'accounts.*.consistencyDelayMs': ({ engine }) => engine.consistencyDelayMs,
  'accounts.*.runtime': ({ engine }) => engine.runtime,
  'accounts.*.atClose': ({ engine }) => engine.atClose,
  'accounts.*.throttle': ({ engine }) => engine.throttle,
  'accounts.*.fault': ({ engine }) => engine.faults,
}

/** @param take makes the new settings count */
export async function readAgain(
  source: Source,
  running: Settings,
  take: (settings: Settings) => Promise<void>,
  log: Log,
): Promise<void> {
  try {
    const settings = await readConfiguration(source)
    await take(settings)
    log.info('the configuration was read again', { accounts: settings.accounts.map(({ name }) => name) })
    const waiting = Object.keys(fixed).filter(
      (key) => JSON.stringify(fixed[key]!(settings)) !== JSON.stringify(fixed[key]!(running)),
    )
    if (waiting.length > 0) log.warn('these changes need a restart', { keys: waiting })
  } catch (error) {
    log.warn('the configuration is refused, the old one is kept', {
      reason: error instanceof Error ? error.message : String(error),
    })
  }
}
