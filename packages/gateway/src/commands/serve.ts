/** `ecs-api serve`: read the configuration, compose, listen, drain on SIGTERM, read again on SIGHUP. */
import { compose, type Program } from '../compose.ts'
import type { Source } from '../config/read.ts'
import { readAgain } from '../process/reload.ts'
import { drained, drainMs, told } from '../process/shutdown.ts'
import { configured, started, tokenFrom } from '../process/startup.ts'
import { endOnUncaught } from '../process/uncaught.ts'
import { openLog } from '../telemetry/log.ts'
import { tracesWanted } from '../telemetry/traces-wanted.ts'

/** @returns the process's exit code, once it has been told to stop */
export async function serve(source: Source): Promise<number> {
  const settings = await configured(source)
  if (!settings) return 1
  const log = openLog(settings.logLevel)
  let program: Program | undefined
  endOnUncaught(log, () => program?.close())
  const token = await started(() => tokenFrom(settings))
  if (!token) return 1
  const { adminToken, where, warning } = token
  if (warning) log.warn(warning)
  const onNotice = (text: string) => log.warn(text)
  program = await started(async () => {
    const tracing = tracesWanted(process.env)
      ? (await import('../telemetry/tracing.ts')).openTracing(process.env, onNotice)
      : undefined
    return compose(settings, {
      adminToken,
      onAnswered: log.answered,
      onAudited: log.audited,
      onBug: log.bug,
      onNotice,
      tracing,
    })
  })
  if (!program) return 1
  const { listen, reconfigure, close } = program
  const listening = await started(listen)
  if (!listening) {
    await close()
    return 1
  }
  // Before anybody is told that the service is up: a signal right after that must not end the process as if nobody took it.
  process.on('SIGHUP', () => void readAgain(source, settings, reconfigure, log))
  const stopped = told('SIGTERM', 'SIGINT')
  console.log([listening.url, ...listening.notes, where].join('\n'))

  const signal = await stopped
  log.info('stopping', { signal })
  const inTime = await drained(close())
  if (!inTime) log.warn('some requests were cut off', { drainMs })
  await log.flush()
  // What was cut off may hold the event loop.
  process.exit(inTime ? 0 : 1)
}
