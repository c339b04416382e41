/**
 * Ends the process after an uncaught error, because the state of the process is unknown then. The process logs the
 * error, closes store and engine, and exits. A supervisor starts it again.
 */
import { currentRequestId } from '../http/aws-calls.ts'
import { errorText } from '../problems/problem.ts'
import type { Log } from '../telemetry/log.ts'

/** Closing may take this long. */
const closeTimeoutMs = 5_000

/** @param close closes store and engine; returns undefined before they are open */
export function endOnUncaught(log: Log, close: () => Promise<void> | undefined): void {
  let isEnding = false
  // Unhandled rejections are reported here too.
  process.on('uncaughtException', (error) => {
    log.logBug(error, currentRequestId())
    if (isEnding) return
    isEnding = true
    void end(error, log, close)
  })
}

async function end(error: unknown, log: Log, close: () => Promise<void> | undefined): Promise<void> {
  const message = errorText(error)
  const closed = Promise.resolve()
    .then(close)
    .then(() => 'its store and engine are closed')
    .catch((failure: unknown) => `closing failed: ${errorText(failure)}`)
  const timeout = new Promise<string>((resolve) =>
    setTimeout(resolve, closeTimeoutMs, `closing took more than ${closeTimeoutMs / 1000} s`),
  )
  const outcome = await Promise.race([closed, timeout])
  await log.flush()
  console.error(`ecs-api ends, exit code 1: nothing caught the error "${message}"; ${outcome}.`)
  process.exit(1)
}
