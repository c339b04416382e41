/** Translates the runtime's inspection of a container into an observation. */
import type { ContainerInspectInfo } from 'dockerode'
import type { ContainerObservation } from '../runtime.ts'
import { wasKilledForMemory } from './out-of-memory.ts'

const SIGKILL_EXIT_CODE = 137
const endedStates = new Set(['exited', 'dead', 'stopped', 'removing'])
/** ECS Developer Guide, "Stopped task error codes". */
const OUT_OF_MEMORY_REASON = 'OutOfMemoryError: Container killed due to memory usage'

/** @param isOnThisKernel whether the containers run on this machine's kernel */
export function observationIn({ Id, State }: ContainerInspectInfo, isOnThisKernel: boolean): ContainerObservation {
  const startedAt = timeOf(State.StartedAt)
  const finishedAt = timeOf(State.FinishedAt)
  // Without a start time the container was not started yet, or its start failed.
  if (startedAt === undefined) return { state: 'waiting' }
  // Podman reports `stopping` while it waits for a container to end, before there is an exit code.
  if (!endedStates.has(State.Status) || finishedAt === undefined) return { state: 'running', since: startedAt }
  const outOfMemory =
    State.OOMKilled || (isOnThisKernel && State.ExitCode === SIGKILL_EXIT_CODE && wasKilledForMemory(Id))
  return {
    state: 'exited',
    since: startedAt,
    at: finishedAt,
    exitCode: State.ExitCode,
    ...(outOfMemory && State.ExitCode === SIGKILL_EXIT_CODE && { reason: OUT_OF_MEMORY_REASON }),
  }
}

/** Undefined for Go's zero time, which means never. */
function timeOf(text: string): number | undefined {
  const time = Date.parse(text)
  return time > 0 ? time : undefined
}
