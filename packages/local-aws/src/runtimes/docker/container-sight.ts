/** What the runtime's inspection of a container means. */
import type { ContainerInspectInfo } from 'dockerode'
import type { ContainerSight } from '../runtime.ts'
import { killedForMemory } from './out-of-memory.ts'

const SIGKILLED = 137
/** ECS Developer Guide, "Stopped task error codes". */
const OUT_OF_MEMORY = 'OutOfMemoryError: Container killed due to memory usage'

/** @param kernelHere whether the containers run on this machine's kernel */
export function sightIn({ Id, State }: ContainerInspectInfo, { kernelHere, now }: { kernelHere: boolean; now: number }): ContainerSight {
  if (State.Running || State.Paused || State.Restarting) return { state: 'running', since: timeOf(State.StartedAt) ?? now }
  const startedAt = timeOf(State.StartedAt)
  // Created, and not started yet; one whose start failed has a time neither.
  if (startedAt === undefined) return { state: 'waiting' }
  const outOfMemory = State.OOMKilled || (kernelHere && State.ExitCode === SIGKILLED && killedForMemory(Id))
  return {
    state: 'exited',
    at: timeOf(State.FinishedAt) ?? now,
    exitCode: State.ExitCode,
    ...(outOfMemory && State.ExitCode === SIGKILLED && { reason: OUT_OF_MEMORY }),
  }
}

/** Go's zero time means never. */
function timeOf(text: string): number | undefined {
  const time = Date.parse(text)
  return time > 0 ? time : undefined
}
