/**
 * SIGHUP: reads the configuration again. An invalid configuration is rejected as a whole, and changes that need a
 * restart are reported.
 */
import { type ConfigurationSource, readConfiguration } from '../config/read.ts'
import type { Settings } from '../config/settings.ts'
import { errorText } from '../problems/problem.ts'
import type { Log } from '../telemetry/log.ts'

/** The settings that need a restart, by their keys in the configuration. */
const settingsThatNeedRestart: Readonly<Record<string, (settings: Settings) => unknown>> = {
  listen: ({ listen }) => listen,
  data: ({ data }) => data,
  token: ({ token }) => token,
  reusePort: ({ reusePort }) => reusePort,
  viewsMiB: ({ cacheMiB }) => cacheMiB,
  store: ({ store }) => store.url,
  storeKey: ({ store }) => store.key,
  auditDays: ({ auditDays }) => auditDays,
  historyDays: ({ historyDays }) => historyDays,
  oidc: ({ oidc }) => oidc,
  rateLimit: ({ http }) => http.rateLimit,
  limits: ({ http }) => http.limits,
  cors: ({ http }) => http.cors,
  // A changed certificate is applied without a restart. Adding or removing TLS needs a restart.
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
  'accounts.*.sessionsPerTask': ({ engine }) => engine.sessionsPerTask,
  'accounts.*.fault': ({ engine }) => engine.injectedFaults,
}

/**
 * Reads the configuration and applies it. Logs the result, also when the configuration is invalid.
 * @param runningSettings the settings with which the process started
 * @param apply makes the new settings effective, as far as they need no restart
 */
export async function reloadConfiguration(
  source: ConfigurationSource,
  runningSettings: Settings,
  apply: (settings: Settings) => Promise<void>,
  log: Log,
): Promise<void> {
  try {
    const settings = await readConfiguration(source)
    await apply(settings)
    log.info('the configuration was read again', { accounts: settings.accounts.map(({ name }) => name) })
    const needRestart = Object.keys(settingsThatNeedRestart).filter(
      (key) =>
        JSON.stringify(settingsThatNeedRestart[key]!(settings)) !==
        JSON.stringify(settingsThatNeedRestart[key]!(runningSettings)),
    )
    if (needRestart.length > 0) log.warn('these changes need a restart', { keys: needRestart })
  } catch (error) {
    log.warn('the configuration is refused, the old one is kept', {
      reason: errorText(error),
    })
  }
}
