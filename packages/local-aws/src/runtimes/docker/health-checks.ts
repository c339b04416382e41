/**
 * Containers' health checks, run by the engine: `interval` after one another from the start on, each at most `timeout` long; `retries` failures in
 * a row make a container unhealthy, one success healthy; failures within `startPeriod` do not count until it was healthy once (API Reference, HealthCheck).
 */
import type { HealthCheck } from '@aws-sdk/client-ecs'
import type { Wire } from '@ecs-api/ecs-model'

type Health = 'UNKNOWN' | 'HEALTHY' | 'UNHEALTHY'

export interface CheckedContainer {
  check: Wire<HealthCheck>
  /** Milliseconds since 1970. */
  startedAt: number
  /** What was known of it before, where the engine was away. */
  health: Health
  /** Runs the command in the container. Resolves with its exit code; rejects where that can't be known. */
  run: (command: string[], signal: AbortSignal) => Promise<number>
  onHealth: (health: Health) => void
}

const DEFAULTS = { intervalS: 30, timeoutS: 5, retries: 3, startPeriodS: 0 }

/** Checks until the signal aborts. */
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
  const trialEndsAt = startedAt + startPeriod * 1000
  let wasHealthy = health === 'HEALTHY'
  for (let failures = 0; await waited(interval * 1000, signal); ) {
    const begunAt = Date.now()
    if (await passes(command, timeout * 1000, run, signal)) {
      failures = 0
      wasHealthy = true
      onHealth('HEALTHY')
    } else if (!signal.aborted && (wasHealthy || begunAt >= trialEndsAt) && ++failures >= retries) onHealth('UNHEALTHY')
  }
}

async function passes(
  command: string[],
  timeoutMs: number,
  run: CheckedContainer['run'],
  signal: AbortSignal,
): Promise<boolean> {
  const late = AbortSignal.timeout(timeoutMs)
  try {
    return (await run(command, AbortSignal.any([signal, late]))) === 0
  } catch {
    // A check that ran out of time has failed, and so has one that could not be run.
    return false
  }
}

/** `["CMD-SHELL", "curl …"]`, `["CMD", "/check"]`, or the command by itself, which ECS takes too. */
function commandOf({ command = [] }: Wire<HealthCheck>): string[] {
  const [kind, ...rest] = command
  if (kind === 'CMD-SHELL') return ['/bin/sh', '-c', rest.join(' ')]
  return kind === 'CMD' ? rest : [...command]
}

/** False when the signal aborted meanwhile. */
function waited(ms: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(false)
  return new Promise((resolve) => {
    const done = (inTime: boolean) => {
      clearTimeout(timer)
      signal.removeEventListener('abort', aborted)
      resolve(inTime)
    }
    const aborted = () => done(false)
    const timer = setTimeout(done, ms, true)
    timer.unref()
    signal.addEventListener('abort', aborted, { once: true })
  })
}
