/** Services on an engine whose minutes a test ends, so that their metrics are there without a minute's wait. */

import type { TestProgram } from './program.ts'
import { type RemoteAws, remoteAws } from './remote-aws.ts'
import { shiftedClock } from './shifted-clock.ts'

const minuteMs = 60_000

export interface MeasuredAws extends RemoteAws {
  /** The start of the first minute that is measured, in milliseconds since 1970. */
  start: number
  /** Ends the first minute (1) or the second one (2). Then the engine measures the tasks that run. */
  endMinute: (number: 1 | 2) => void
}

/** Starts an AWS that is two minutes behind. Its third minute is the present one, and ends by itself. */
export async function measuredAws(): Promise<MeasuredAws> {
  const present = Math.floor(Date.now() / minuteMs) * minuteMs
  const start = present - 2 * minuteMs
  const clock = shiftedClock(start + 100)
  const aws = await remoteAws({ clock })
  return {
    ...aws,
    start,
    endMinute: (number) => clock.moveTo(start + number * minuteMs),
  }
}

/** Creates a service whose simulated containers use this much, and waits until it is stable. Returns its path. */
export async function newMeasuredService(
  { api }: Pick<TestProgram, 'api'>,
  { account, cluster, name, count = 1 }: { account: string; cluster: string; name: string; count?: number },
  { cpu, memory }: { cpu: number; memory: number },
): Promise<string> {
  await api.put(`/${account}/clusters/${cluster}`, {})
  const labels = { 'ecs-api.simulated.cpu': String(cpu), 'ecs-api.simulated.memory': String(memory) }
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
