/**
 * The command `ecs-api serve`: reads the configuration, starts the program, drains on SIGTERM, and reloads on SIGHUP.
 */
import { compose, type Program } from '../compose.ts'
import type { ConfigurationSource } from '../config/read.ts'
import type { Settings } from '../config/settings.ts'
import { TooManyRequests } from '../problems/problem.ts'
import { reloadConfiguration } from '../process/reload.ts'
import { drainMs, endsWithinDrainMs, firstSignal } from '../process/shutdown.ts'
import { getAdminToken, readSettings, runStartStep } from '../process/startup.ts'
import { removeUrlFile, writeUrlFile } from '../process/stored-url.ts'
import { endOnUncaught } from '../process/uncaught.ts'
import { limitYoungGeneration } from '../process/young-generation.ts'
import { type Log, openLog } from '../telemetry/log.ts'
import { areTracesConfigured } from '../telemetry/traces-configured.ts'
import { commandName } from './command-name.ts'

/** Serves until the process is asked to stop, and ends it. @returns the exit code of a start that failed */
export async function serve(source: ConfigurationSource): Promise<number> {
  const settings = await readSettings(source)
  if (!settings) return 1
  const log = await openLogFor(settings.logLevel)
  let program: Program | undefined
  endOnUncaught(log, () => program?.close())
  const token = await runStartStep(() => getAdminToken(settings))
  if (!token) return flushAfterFailedStart(log)
  const { adminToken, tokenNote, warning } = token
  if (warning) log.warn(warning)
  const onNotice = (text: string) => log.warn(text)
  program = await runStartStep(async () => {
    const tracing = areTracesConfigured(process.env)
      ? (await import('../telemetry/tracing.ts')).openTracing(process.env, onNotice)
      : undefined
    return compose(settings, {
      adminToken,
      onAnswered: log.logRequest,
      onAudited: log.logAuditEntry,
      onBug: log.logBug,
      onNotice,
      tracing,
    })
  })
  if (!program) return flushAfterFailedStart(log)
  const { listen, reconfigure, newSignInPath, close } = program
  // The modules are loaded. From now on V8's young generation has a limit that suits requests.
  limitYoungGeneration()
  const listening = await runStartStep(listen, { listenSettings: settings })
  if (!listening) {
    await close()
    return flushAfterFailedStart(log)
  }
  // The handlers are installed before the address is printed: a signal right after that must not kill the process.
  process.on('SIGHUP', () => void reloadConfiguration(source, settings, reconfigure, log))
  const stopped = firstSignal('SIGTERM', 'SIGINT')
  await writeUrlFile(settings.data, listening.url).catch((error: Error) =>
    log.info('the address was not stored in the data folder', { reason: error.message }),
  )
  const notes = [...listening.notes, tokenNote]
  // The console's address has a code that signs in, so it is printed only to a terminal and not to a log.
  if (process.stdout.isTTY)
    notes.push(
      `console: ${new URL(await signInPath(newSignInPath), listening.url).href}`,
      'Ctrl C stops the gateway. ' +
        `\`${commandName(process.env)} open\` in another shell prints a new address of the console.`,
    )
  console.log([listening.url, ...notes].join('\n'))

  const signal = await stopped
  log.info('stopping', { signal })
  await removeUrlFile(settings.data, listening.url)
  const hasDrained = await endsWithinDrainMs(close())
  if (!hasDrained) log.warn('some requests were cut off', { drainMs })
  await log.flush()
  // Requests that were cut off may keep the event loop alive.
  process.exit(hasDrained ? 0 : 1)
}

/**
 * Returns the path of the console with a one-time code that signs in. The path has no code when too many codes of the
 * admin token are unused, such as after many starts.
 */
async function signInPath(newSignInPath: () => Promise<string>): Promise<string> {
  return newSignInPath().catch((error: unknown) => {
    if (error instanceof TooManyRequests) return '/'
    throw error
  })
}

/** Writes the rest of the log, such as a warning about the token. The reason of the failure is on stderr already. */
async function flushAfterFailedStart(log: Log): Promise<1> {
  await log.flush()
  return 1
}

/** Opens a log that writes lines for a person on a terminal, and JSON elsewhere. */
async function openLogFor(level: Settings['logLevel']): Promise<Log> {
  if (!process.stdout.isTTY) return openLog(level)
  return (await import('../telemetry/terminal-log.ts')).openTerminalLog(level)
}
