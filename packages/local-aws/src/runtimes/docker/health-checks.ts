/**
 * The health checks of containers, run by the engine (API Reference, HealthCheck).
 *
 * A check runs every `interval`, for at most `timeout`. One success makes a container healthy, `retries` failures in a
 * row make it unhealthy. Failures within `startPeriod` count only after the container has been healthy once.
 */
import type { HealthCheck } from '@aws-sdk/client-ecs'
import type { AwsJson } from '@ecs-api/ecs-model'
import type { CommandResult } from './exec.ts'

type Health = 'UNKNOWN' | 'HEALTHY' | 'UNHEALTHY'

export interface CheckedContainer {
  healthCheck: AwsJson<HealthCheck>
  /** Milliseconds since 1970. */
  startedAt: number
  /** The container's last known health, which can be from before a restart of the engine. */
  health: Health
  /** Runs the command in the container. Rejects when its exit code cannot be known. */
  runCommand: (command: string[], signal: AbortSignal) => Promise<CommandResult>
  /** @param failure how the last check failed, such as `exit code 1: connection refused` */
  onHealth: (health: Health, failure?: string) => void
}

const DEFAULTS = { intervalS: 30, timeoutS: 5, retries: 3, startPeriodS: 0 }

/** Runs checks until the signal aborts. */
export async function runHealthChecks(
  { healthCheck, startedAt, health, runCommand, onHealth }: CheckedContainer,
  signal: AbortSignal,
): Promise<void> {
  const command = commandOf(healthCheck)
  const {
    interval = DEFAULTS.intervalS,
    timeout = DEFAULTS.timeoutS,
    retries = DEFAULTS.retries,
    startPeriod = DEFAULTS.startPeriodS,
  } = healthCheck
  const startPeriodEndsAt = startedAt + startPeriod * 1000
  let wasHealthy = health === 'HEALTHY'
  for (let failures = 0; await waitUnlessAborted(interval * 1000, signal); ) {
    const checkedAt = Date.now()
    const failure = await findFailure(command, timeout, runCommand, signal)
    if (failure === undefined) {
      failures = 0
      wasHealthy = true
      onHealth('HEALTHY')
    } else if (!signal.aborted && (wasHealthy || checkedAt >= startPeriodEndsAt) && ++failures >= retries)
      onHealth('UNHEALTHY', failure)
  }
}

/** Runs a check once. Returns how the check failed, or undefined when it passed. */
async function findFailure(
  command: string[],
  timeoutS: number,
  run: CheckedContainer['runCommand'],
  signal: AbortSignal,
): Promise<string | undefined> {
  const timeout = AbortSignal.timeout(timeoutS * 1000)
  try {
    const { exitCode, output } = await run(command, AbortSignal.any([signal, timeout]))
    return exitCode === 0 ? undefined : `exit code ${exitCode}${output && `: ${output}`}`
  } catch {
    return timeout.aborted ? `no end within ${timeoutS} s` : 'the command could not be run'
  }
}

/**
 * The command to run for `["CMD-SHELL", "curl …"]`, for `["CMD", "/check"]`, or for a command without such a prefix.
 */
function commandOf({ command = [] }: AwsJson<HealthCheck>): string[] {
  const [kind, ...rest] = command
  if (kind === 'CMD-SHELL') return ['/bin/sh', '-c', rest.join(' ')]
  return kind === 'CMD' ? rest : [...command]
}

/** Resolves with true after the time, or with false when the signal aborts. */
function waitUnlessAborted(ms: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(false)
  return new Promise((resolve) => {
    const done = (hasElapsed: boolean) => {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
      resolve(hasElapsed)
    }
    const onAbort = () => done(false)
    const timer = setTimeout(done, ms, true)
    timer.unref()
    signal.addEventListener('abort', onAbort, { once: true })
  })
}
