/** `ecs-api serve`: read the configuration, compose, listen, drain on SIGTERM, read again on SIGHUP. */
import { keptToken } from './access/kept-token.ts'
import { compose, type Program } from './compose.ts'
import { BrokenConfiguration } from './config/faults.ts'
import { readConfiguration } from './config/read.ts'
import type { Settings } from './config/settings.ts'
import { type Log, openLog } from './telemetry/log.ts'
import { tracesWanted } from './telemetry/traces-wanted.ts'

/** How long what is being answered may still take after SIGTERM. */
const drainMs = 10_000

/** @returns the process's exit code, once it has been told to stop */
export async function serve(file: string | undefined): Promise<number> {
  const settings = await configured(file)
  if (!settings) return 1
  const log = openLog(settings.logLevel)
  const token = await started(() => tokenFrom(settings))
  if (!token) return 1
  const { adminToken, where } = token
  const onNotice = (text: string) => log.warn(text)
  const program = await started(async () => {
    const tracing = tracesWanted(process.env) ? (await import('./telemetry/tracing.ts')).openTracing(process.env, onNotice) : undefined
    return compose(settings, { adminToken, onAnswered: log.answered, onAudited: log.audited, onBug: log.bug, onNotice, tracing })
  })
  if (!program) return 1
  const listening = await started(() => program.listen())
  if (!listening) {
    await program.close()
    return 1
  }
  console.log([listening.url, ...listening.notes, where].join('\n'))

  process.on('SIGHUP', () => void readAgain(program, file, settings, log))
  const signal = await told('SIGTERM', 'SIGINT')
  log.info('stopping', { signal })
  const inTime = await Promise.race([program.close().then(() => true), timeUp(drainMs)])
  if (!inTime) log.warn('some requests were cut off', { drainMs })
  log.flush()
  // What was cut off may hold the event loop.
  process.exit(inTime ? 0 : 1)
}

async function configured(file: string | undefined): Promise<Settings | undefined> {
  try {
    return await readConfiguration({ file, environment: process.env })
  } catch (error) {
    if (!(error instanceof BrokenConfiguration)) throw error
    console.error(error.message)
    return undefined
  }
}

async function started<T>(step: () => Promise<T>): Promise<T | undefined> {
  try {
    return await step()
  } catch (error) {
    console.error(`ecs-api cannot start: ${error instanceof Error ? error.message : String(error)}`)
    return undefined
  }
}

async function tokenFrom({ token, data }: Settings): Promise<{ adminToken: string; where: string }> {
  if (token) return { adminToken: token, where: 'token: as configured' }
  const kept = await keptToken(data)
  return { adminToken: kept.token, where: `token: ${process.stdout.isTTY ? kept.token : `in ${kept.file}`}` }
}

async function readAgain(program: Program, file: string | undefined, running: Settings, log: Log): Promise<void> {
  try {
    const settings = await readConfiguration({ file, environment: process.env })
    await program.reconfigure(settings)
    log.info('the configuration was read again', { accounts: settings.accounts.map(({ name }) => name) })
    const fixed = [
      'listen',
      'data',
      'token',
      'viewsMiB',
      'store',
      'auditDays',
      'engine',
      'engineListen',
      'oidc',
      'http',
      'logLevel',
      'metricsListen',
    ] as const
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

/** The first of these signals. A later one means now; but a terminal, npm and a process group may each pass on the same one. */
function told(...signals: NodeJS.Signals[]): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let first: number | undefined
    for (const signal of signals) {
      process.on(signal, () => {
        if (first !== undefined && performance.now() - first > 1000) process.exit(1)
        first ??= performance.now()
        resolve(signal)
      })
    }
  })
}

function timeUp(ms: number): Promise<false> {
  return new Promise((resolve) => setTimeout(resolve, ms, false).unref())
}
