/**
 * Containers that have a life but no process: for tests, for demos, and for machines without a container runtime. What they do is told by
 * docker labels on them (docs/simulated-runtime.md), how fast it goes by the pace. All of a container's life follows from its definition and
 * the time of its start, so there is nothing to store: after a restart of the engine it goes on as if it had never been away.
 */
import { createHash } from 'node:crypto'
import { isImageName } from './image-name.ts'
import { observations } from './observations.ts'
import {
  type ContainerObservation,
  type ContainerServices,
  definitionOf,
  type Runtime,
  RuntimeFault,
  type TaskSpec,
} from './runtime.ts'
import { type Behaviour, behaviourOf } from './simulated-behaviour.ts'

export const paces = ['instant', 'fast', 'real'] as const
export type Pace = (typeof paces)[number]

/** Milliseconds that each step takes. `real` is what Fargate took when it was watched: 4 s for the network, some 16 s to give it back. */
const timesAt: Record<
  Pace,
  { prepare: number; pull: number; start: number; healthy: number; stop: number; remove: number }
> = {
  instant: { prepare: 0, pull: 0, start: 0, healthy: 0, stop: 0, remove: 0 },
  fast: { prepare: 100, pull: 150, start: 50, healthy: 100, stop: 100, remove: 100 },
  real: { prepare: 4_000, pull: 8_000, start: 500, healthy: 30_000, stop: 1_000, remove: 16_000 },
}

/** What of the engine's clock is needed here. */
interface Clock {
  now(): number
  at(time: number, callback: () => void): () => void
}

export interface SimulatedRuntime extends Runtime {
  readonly name: 'simulated'
  /** Ends a running container from outside, as `kill -9` on its process would. False when it is not running. */
  kill(taskId: string, container: string, exitCode?: number): boolean
}

export interface SimulatedRuntimeDeps {
  clock: Clock
  pace: Pace
  /** Asked as for real containers: a secret or a log group that is not there keeps a task from starting. Without it containers need neither. */
  services?: Pick<ContainerServices, 'environment' | 'registryCredentials'>
}

export function simulatedRuntime({ clock, pace, services }: SimulatedRuntimeDeps): SimulatedRuntime {
  const seen = observations()
  /** Ways to call off what is still to happen, by task and container. */
  const pending = new Map<string, Map<string, () => void>>()
  const times = timesAt[pace]

  function callOff(taskId: string, container: string): void {
    pending.get(taskId)?.get(container)?.()
    pending.get(taskId)?.delete(container)
  }

  function later(taskId: string, container: string, at: number, happen: () => void): void {
    const ofTask = pending.get(taskId) ?? new Map()
    pending.set(taskId, ofTask.set(container, clock.at(at, happen)))
  }

  /** Resolves after the time, or at once for none; rejects when the signal aborts. */
  function pause(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    if (ms <= 0) return Promise.resolve()
    return new Promise((resolve, reject) => {
      const aborted = () => {
        cancel()
        reject(signal?.reason)
      }
      const cancel = clock.at(clock.now() + ms, () => {
        signal?.removeEventListener('abort', aborted)
        resolve()
      })
      signal?.addEventListener('abort', aborted, { once: true })
    })
  }

  /** Lets the container live on from what lies behind it: what was due is so already, what is still to come gets its timer. */
  function live(task: TaskSpec, container: string, startedAt: number): void {
    const definition = definitionOf(task, container)
    const timeline = timelineOf(definition, behaviourOf(definition), startedAt, times.healthy)
    const next = (): void => {
      pending.get(task.id)?.delete(container)
      const moment = seen.observation(task.id, container).state === 'running' ? timeline.shift() : undefined
      if (!moment) return
      const happen = () => {
        seen.see(task.id, container, moment.observation)
        next()
      }
      if (moment.at <= clock.now()) happen()
      else later(task.id, container, moment.at, happen)
    }
    seen.see(task.id, container, {
      state: 'running',
      since: startedAt,
      ...(definition.healthCheck && { health: 'UNKNOWN' }),
    })
    next()
  }

  function exit(taskId: string, container: string, how: { exitCode: number; reason?: string }): void {
    callOff(taskId, container)
    const last = seen.observation(taskId, container)
    seen.see(taskId, container, {
      state: 'exited',
      ...(last.state === 'running' && { since: last.since }),
      at: clock.now(),
      ...how,
    })
  }

  return {
    name: 'simulated',

    async prepare(task, signal, onInterface) {
      const fault = task.containers.map(behaviourOf).find(({ networkError }) => networkError)?.networkError
      await pause(times.prepare / 2, signal)
      onInterface?.()
      await pause(times.prepare / 2, signal)
      if (fault) throw new RuntimeFault(`ResourceInitializationError: ${fault}`)
      seen.open(task)
      return new Map()
    },

    async pull(task, container, signal, onProgress) {
      const definition = definitionOf(task, container)
      const { pullDelayMs, pullError } = behaviourOf(definition)
      await services?.registryCredentials(task, definition, signal)
      const isName = isImageName(definition.image ?? '')
      const digest = digestOf(definition.image ?? '')
      onProgress?.({ ...(isName && pullError === undefined && { digest }), current: 0, total: 1 })
      await pause(pullDelayMs ?? times.pull, signal)
      // As Docker says it.
      if (!isName) throw new RuntimeFault('CannotPullContainerError: invalid reference format')
      if (pullError) throw new RuntimeFault(`CannotPullContainerError: ${pullError}`)
      onProgress?.({ digest, current: 1, total: 1 })
      return { digest }
    },

    async start(task, container, signal) {
      const definition = definitionOf(task, container)
      const { startDelayMs, startError } = behaviourOf(definition)
      seen.open(task)
      if (seen.observation(task.id, container).state !== 'waiting') return
      await services?.environment(task, definition, signal)
      await pause(startDelayMs ?? times.start, signal)
      if (startError) throw new RuntimeFault(`CannotStartContainerError: ${startError}`)
      if (seen.observation(task.id, container).state === 'waiting') live(task, container, clock.now())
    },

    wait: seen.wait,

    async stop(task, container, graceMs) {
      const { ignoresSigterm } = behaviourOf(definitionOf(task, container))
      if (seen.observation(task.id, container).state !== 'running') return
      await pause(ignoresSigterm ? graceMs : Math.min(times.stop, graceMs))
      if (seen.observation(task.id, container).state === 'running')
        exit(task.id, container, { exitCode: ignoresSigterm ? 137 : 143 })
    },

    async remove(task) {
      await pause(times.remove)
      for (const { name = '' } of task.containers) callOff(task.id, name)
      pending.delete(task.id)
      seen.close(task.id)
    },

    async adopt(tasks) {
      for (const { task, observed } of tasks) {
        seen.open(task)
        for (const [container, observation] of observed)
          if (observation.state === 'running') live(task, container, observation.since)
          else seen.see(task.id, container, observation)
      }
    },

    async close() {
      for (const ofTask of pending.values()) for (const stop of ofTask.values()) stop()
      pending.clear()
    },

    kill(taskId, container, exitCode = 137) {
      if (seen.observation(taskId, container).state !== 'running') return false
      exit(taskId, container, { exitCode })
      return true
    },
  }
}

/** All that happens to a container after its start, in its order. */
function timelineOf(
  { healthCheck }: TaskSpec['containers'][number],
  { healthyAfterMs, unhealthyAfterMs, exitAfterMs, exitCode, outOfMemoryAfterMs }: Behaviour,
  since: number,
  usuallyHealthyAfterMs: number,
): { at: number; observation: ContainerObservation }[] {
  const usual =
    unhealthyAfterMs === undefined || unhealthyAfterMs > usuallyHealthyAfterMs ? usuallyHealthyAfterMs : undefined
  const turns = (ms: number | undefined, health: 'HEALTHY' | 'UNHEALTHY') =>
    healthCheck && ms !== undefined
      ? [{ at: since + ms, observation: { state: 'running', since, health } as const }]
      : []
  const exits = (ms: number | undefined, how: { exitCode: number; reason?: string }) =>
    ms === undefined
      ? []
      : [{ at: since + ms, observation: { state: 'exited', since, at: since + ms, ...how } as const }]
  return [
    ...turns(healthyAfterMs ?? usual, 'HEALTHY'),
    ...turns(unhealthyAfterMs, 'UNHEALTHY'),
    ...exits(exitAfterMs, { exitCode }),
    ...exits(outOfMemoryAfterMs, { exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' }),
  ].sort((a, b) => a.at - b.at)
}

/** The same image, the same digest: what a registry promises. */
function digestOf(image: string): string {
  const pinned = /@(sha256:[0-9a-f]{64})$/.exec(image)?.[1]
  return pinned ?? `sha256:${createHash('sha256').update(image).digest('hex')}`
}
