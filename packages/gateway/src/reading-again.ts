/** SIGHUP: the configuration is read again. What is broken is refused whole; what can't change while running is told. */
import { readConfiguration, type Source } from './config/read.ts'
import type { Settings } from './config/settings.ts'
import type { Log } from './telemetry/log.ts'

const fixed = [
  'listen',
  'data',
  'token',
  'workers',
  'viewsMiB',
  'store',
  'auditDays',
  'historyDays',
  'engine',
  'engineListen',
  'oidc',
  'http',
  'logLevel',
  'metricsListen',
] as const

/** @param take makes the new settings count */
export async function readAgain(source: Source, running: Settings, take: (settings: Settings) => Promise<void>, log: Log): Promise<void> {
  try {
    const settings = await readConfiguration(source)
    await take(settings)
    log.info('the configuration was read again', { accounts: settings.accounts.map(({ name }) => name) })
    const differs = (key: (typeof fixed)[number]) => JSON.stringify(restartable(settings)[key]) !== JSON.stringify(restartable(running)[key])
    const waiting = fixed.filter(differs)
    if (waiting.length > 0) log.warn('these changes need a restart', { keys: waiting })
  } catch (error) {
    log.warn('the configuration is refused, the old one is kept', { reason: error instanceof Error ? error.message : String(error) })
  }
}

/** A certificate is taken while running; that there is one is not. */
function restartable(settings: Settings): Settings {
  const { tls } = settings.http
  return { ...settings, http: { ...settings.http, tls: tls && { cert: '', key: '' } } }
}
