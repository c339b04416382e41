/**
 * The end of a process after an error that nothing caught: what state it is in is not known, so it writes the error to its log, closes store and
 * engine, and exits for its supervisor to start another.
 */
import { requestIdNow } from '../http/aws-calls.ts'
import type { Log } from '../telemetry/log.ts'

/** How long the closing may take. */
const closingMs = 5_000

/** @param close ends the program; undefined where there is none yet */
export function endOnUncaught(log: Log, close: () => Promise<void> | undefined): void {
  let isEnding = false
  // Rejections that nothing handles come here too.
  process.on('uncaughtException', (error) => {
    log.bug(error, requestIdNow())
    if (isEnding) return
    isEnding = true
    void end(error, log, close)
  })
}

async function end(error: unknown, log: Log, close: () => Promise<void> | undefined): Promise<void> {
  const words = error instanceof Error ? error.message : String(error)
  const closed = Promise.resolve(close())
    .then(() => 'its store and engine are closed')
    .catch((failure: unknown) => `closing failed: ${failure instanceof Error ? failure.message : failure}`)
  const late = new Promise<string>((resolve) =>
    setTimeout(resolve, closingMs, `closing took more than ${closingMs / 1000} s`),
  )
  const how = await Promise.race([closed, late])
  await log.flush()
  console.error(`ecs-api ends, exit code 1: nothing caught the error "${words}"; ${how}.`)
  process.exit(1)
}
