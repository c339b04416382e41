/**
 * The health checks of containers, run by the engine (API Reference, HealthCheck).
 *
 * A check runs every `interval` from the start, for at most `timeout`. One success makes a container healthy, `retries`
 * failures in a row make it unhealthy. Failures within `startPeriod` do not count until the container has been healthy
 * once.
 */
import type { HealthCheck } from '@aws-sdk/client-ecs'
import type { Wire } from '@ecs-api/ecs-model'

type Health = 'UNKNOWN' | 'HEALTHY' | 'UNHEALTHY'

export interface CheckedContainer {
  check: Wire<HealthCheck>
  /** Milliseconds since 1970. */
  startedAt: number
  /** The last known health from before a restart of the engine. */
  health: Health
  /** Runs the command in the container and resolves with its exit code. Rejects when the code cannot be known. */
  run: (command: string[], signal: AbortSignal) => Promise<number>
  onHealth: (health: Health) => void
}

const DEFAULTS = { intervalS: 30, timeoutS: 5, retries: 3, startPeriodS: 0 }

/** Runs checks until the signal aborts. */
export async function checkHealth(
  { check, startedAt, health, run, onHealth }: CheckedContainer,
  signal: AbortSignal,
): Promise<void> {
  const command = commandOf(check)
  const {
    interval = DEFAULTS.intervalS,
    timeout = DEFAULTS.timeoutS,
    retries = DEFAULTS.retries,
    startPeriod = DEFAULTS.startPeriodS,
  } = check
  const startPeriodEndsAt = startedAt + startPeriod * 1000
  let wasHealthy = health === 'HEALTHY'
  for (let failures = 0; await wait(interval * 1000, signal); ) {
    const checkedAt = Date.now()
    if (await passes(command, timeout * 1000, run, signal)) {
      failures = 0
      wasHealthy = true
      onHealth('HEALTHY')
    } else if (!signal.aborted && (wasHealthy || checkedAt >= startPeriodEndsAt) && ++failures >= retries)
      onHealth('UNHEALTHY')
  }
}

async function passes(
  command: string[],
  timeoutMs: number,
  run: CheckedContainer['run'],
  signal: AbortSignal,
): Promise<boolean> {
  const timeout = AbortSignal.timeout(timeoutMs)
  try {
    return (await run(command, AbortSignal.any([signal, timeout]))) === 0
  } catch {
    // A check that timed out has failed, and so has a check that could not be run.
    return false
  }
}

/** `["CMD-SHELL", "curl …"]`, `["CMD", "/check"]`, or the bare command, which ECS accepts too. */
function commandOf({ command = [] }: Wire<HealthCheck>): string[] {
  const [kind, ...rest] = command
  if (kind === 'CMD-SHELL') return ['/bin/sh', '-c', rest.join(' ')]
  return kind === 'CMD' ? rest : [...command]
}

/** Resolves with true after the time, or with false when the signal aborts. */
function wait(ms: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(false)
  return new Promise((resolve) => {
    const done = (inTime: boolean) => {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
      resolve(inTime)
    }
    const onAbort = () => done(false)
    const timer = setTimeout(done, ms, true)
    timer.unref()
    signal.addEventListener('abort', onAbort, { once: true })
  })
}
