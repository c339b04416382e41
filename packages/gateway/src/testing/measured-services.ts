/**
 * Services with metrics, on an engine whose clock the test moves, so that the test does not wait for minutes to pass.
 */

import { type EngineOverTcp, startEngineOverTcp } from './engine-over-tcp.ts'
import type { TestProgram } from './program.ts'
import { createShiftedClock } from './shifted-clock.ts'

const minuteMs = 60_000

export interface MeasuredAws extends EngineOverTcp {
  /** The start of the first minute that is measured, in milliseconds since 1970. */
  start: number
  /**
   * Moves the clock to the end of the first minute (1) or the second (2). Then the engine measures the running tasks.
   */
  endMinute: (number: 1 | 2) => void
}

/** Starts an AWS whose clock is two minutes behind. After `endMinute(2)` its clock shows the current time. */
export async function startMeasuredAws(): Promise<MeasuredAws> {
  const currentMinute = Math.floor(Date.now() / minuteMs) * minuteMs
  const start = currentMinute - 2 * minuteMs
  const clock = createShiftedClock(start + 100)
  const aws = await startEngineOverTcp({ clock })
  return {
    ...aws,
    start,
    endMinute: (number) => clock.moveTo(start + number * minuteMs),
  }
}

/**
 * Creates a service and waits until it is stable.
 * @param usage CPU units and MiB of memory that each of its simulated containers uses
 * @returns the path of the service
 */
export async function newMeasuredService(
  { api }: Pick<TestProgram, 'api'>,
  { account, cluster, name, count = 1 }: { account: string; cluster: string; name: string; count?: number },
  usage: { cpu: number; memory: number },
): Promise<string> {
  await api.put(`/${account}/clusters/${cluster}`, {})
  const labels = { 'ecs-api.simulated.cpu': String(usage.cpu), 'ecs-api.simulated.memory': String(usage.memory) }
  const made = await api.post(`/${account}/taskdefs`, {
    family: `${cluster}-${name}`,
    cpu: 256,
    memory: 512,
    containerDefinitions: [{ name: 'web', image: 'web', ports: [80], dockerLabels: labels }],
  })
  if (made.status !== 201) throw new Error(made.text)
  const created = await api.post(`/${account}/clusters/${cluster}/services?wait=STABLE&fail=true`, {
    name,
    taskDefinition: `${cluster}-${name}`,
    count,
  })
  if (created.status !== 201) throw new Error(created.text)
  return `/${account}/clusters/${cluster}/services/${name}`
}
