/**
 * Containers that have a life but no process: for tests, for demos, and for machines without a container runtime. What they do is told by
 * docker labels on them (docs/simulated-runtime.md), how fast it goes by the pace. All of a container's life follows from its definition and
 * the time of its start, so there is nothing to store: after a restart of the engine it goes on as if it had never been away.
 */
import { createHash } from 'node:crypto'
import { isImageName } from './image-name.ts'
import { type ContainerServices, type ContainerSight, type Runtime, RuntimeFault, type TaskSight, type TaskSpec } from './runtime.ts'
import { type Behaviour, behaviourOf } from './simulated-behaviour.ts'

export const paces = ['instant', 'fast', 'real'] as const
export type Pace = (typeof paces)[number]

/** Milliseconds that each step takes. `real` is what Fargate took when it was watched: 4 s for the network, some 16 s to give it back. */
const timesAt: Record<Pace, { prepare: number; pull: number; start: number; healthy: number; stop: number; remove: number }> = {
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

interface Life {
  sights: Map<string, ContainerSight>
  revision: number
  waiters: Set<() => void>
  /** Ways to call off what is still to happen, by container. */
  callOff: Map<string, () => void>
}

export interface SimulatedRuntimeParts {
  clock: Clock
  pace: Pace
  /** Asked as for real containers: a secret or a log group that is not there keeps a task from starting. Without it containers need neither. */
  services?: Pick<ContainerServices, 'environment' | 'registryCredentials'>
}

export function simulatedRuntime({ clock, pace, services }: SimulatedRuntimeParts): SimulatedRuntime {
  const lives = new Map<string, Life>()
  const times = timesAt[pace]

  function lifeOf(task: TaskSpec): Life {
    const known = lives.get(task.id)
    if (known) return known
    const life: Life = {
      sights: new Map(task.containers.map(({ name }) => [name ?? '', { state: 'waiting' }])),
      revision: 1,
      waiters: new Set(),
      callOff: new Map(),
    }
    lives.set(task.id, life)
    return life
  }

  function see(life: Life, container: string, sight: ContainerSight): void {
    life.sights.set(container, sight)
    life.revision++
    const waiting = [...life.waiters]
    life.waiters.clear()
    for (const wake of waiting) wake()
  }

  /** Resolves after the time, or at once for none; rejects when the signal aborts. */
  function pause(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    if (ms <= 0) return Promise.resolve()
    return new Promise((resolve, reject) => {
      const aborted = () => {
        callOff()
        reject(signal?.reason)
      }
      const callOff = clock.at(clock.now() + ms, () => {
        signal?.removeEventListener('abort', aborted)
        resolve()
      })
      signal?.addEventListener('abort', aborted, { once: true })
    })
  }

  /** Lets the container live on from what lies behind it: what was due is so already, what is still to come gets its timer. */
  function live(life: Life, container: string, definition: TaskSpec['containers'][number], startedAt: number): void {
    const story = lifeStory(definition, behaviourOf(definition), startedAt, times.healthy)
    const next = (): void => {
      life.callOff.delete(container)
      const chapter = life.sights.get(container)?.state === 'running' ? story.shift() : undefined
      if (!chapter) return
      const happen = () => {
        see(life, container, chapter.sight)
        next()
      }
      if (chapter.at <= clock.now()) happen()
      else life.callOff.set(container, clock.at(chapter.at, happen))
    }
    see(life, container, { state: 'running', since: startedAt, ...(definition.healthCheck && { health: 'UNKNOWN' }) })
    next()
  }

  function exit(life: Life, container: string, how: { exitCode: number; reason?: string }): void {
    life.callOff.get(container)?.()
    life.callOff.delete(container)
    const seen = life.sights.get(container)
    see(life, container, { state: 'exited', ...(seen?.state === 'running' && { since: seen.since }), at: clock.now(), ...how })
  }

  return {
    name: 'simulated',

    async prepare(task, signal, onInterface) {
      const fault = task.containers.map(behaviourOf).find(({ networkError }) => networkError)?.networkError
      await pause(times.prepare / 2, signal)
      onInterface?.()
      await pause(times.prepare / 2, signal)
      if (fault) throw new RuntimeFault(`ResourceInitializationError: ${fault}`)
      lifeOf(task)
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
      const life = lifeOf(task)
      if (life.sights.get(container)?.state !== 'waiting') return
      await services?.environment(task, definition, signal)
      await pause(startDelayMs ?? times.start, signal)
      if (startError) throw new RuntimeFault(`CannotStartContainerError: ${startError}`)
      if (life.sights.get(container)?.state === 'waiting') live(life, container, definition, clock.now())
    },

    async wait(task, newerThan, signal) {
      signal.throwIfAborted()
      const life = lifeOf(task)
      if (newerThan === undefined || life.revision > newerThan) return sightOf(life)
      return new Promise((resolve, reject) => {
        const wake = () => {
          signal.removeEventListener('abort', aborted)
          resolve(sightOf(life))
        }
        const aborted = () => {
          life.waiters.delete(wake)
          reject(signal.reason)
        }
        signal.addEventListener('abort', aborted, { once: true })
        life.waiters.add(wake)
      })
    },

    async stop(task, container, graceMs) {
      const life = lifeOf(task)
      const { ignoresSigterm } = behaviourOf(definitionOf(task, container))
      if (life.sights.get(container)?.state !== 'running') return
      await pause(ignoresSigterm ? graceMs : Math.min(times.stop, graceMs))
      if (life.sights.get(container)?.state === 'running') exit(life, container, { exitCode: ignoresSigterm ? 137 : 143 })
    },

    async remove(task) {
      await pause(times.remove)
      const life = lives.get(task.id)
      for (const callOff of life?.callOff.values() ?? []) callOff()
      lives.delete(task.id)
    },

    async adopt(tasks) {
      for (const { task, sights } of tasks) {
        const life = lifeOf(task)
        for (const [container, sight] of sights)
          if (sight.state === 'running') live(life, container, definitionOf(task, container), sight.since)
          else life.sights.set(container, sight)
      }
    },

    async close() {
      for (const life of lives.values()) for (const callOff of life.callOff.values()) callOff()
      lives.clear()
    },

    kill(taskId, container, exitCode = 137) {
      const life = lives.get(taskId)
      if (life?.sights.get(container)?.state !== 'running') return false
      exit(life, container, { exitCode })
      return true
    },
  }
}

/** All that happens to a container after its start, in its order. */
function lifeStory(
  { healthCheck }: TaskSpec['containers'][number],
  { healthyAfterMs, unhealthyAfterMs, exitAfterMs, exitCode, outOfMemoryAfterMs }: Behaviour,
  since: number,
  usuallyHealthyAfterMs: number,
): { at: number; sight: ContainerSight }[] {
  const usual = unhealthyAfterMs === undefined || unhealthyAfterMs > usuallyHealthyAfterMs ? usuallyHealthyAfterMs : undefined
  const turns = (ms: number | undefined, health: 'HEALTHY' | 'UNHEALTHY') =>
    healthCheck && ms !== undefined ? [{ at: since + ms, sight: { state: 'running', since, health } as const }] : []
  const exits = (ms: number | undefined, how: { exitCode: number; reason?: string }) =>
    ms === undefined ? [] : [{ at: since + ms, sight: { state: 'exited', since, at: since + ms, ...how } as const }]
  return [
    ...turns(healthyAfterMs ?? usual, 'HEALTHY'),
    ...turns(unhealthyAfterMs, 'UNHEALTHY'),
    ...exits(exitAfterMs, { exitCode }),
    ...exits(outOfMemoryAfterMs, { exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' }),
  ].sort((a, b) => a.at - b.at)
}

function definitionOf(task: TaskSpec, container: string): TaskSpec['containers'][number] {
  const definition = task.containers.find(({ name }) => name === container)
  if (!definition) throw new Error(`task ${task.id} has no container ${container}`)
  return definition
}

function sightOf(life: Life): TaskSight {
  return { revision: life.revision, containers: new Map(life.sights) }
}

/** The same image, the same digest: what a registry promises. */
function digestOf(image: string): string {
  const pinned = /@(sha256:[0-9a-f]{64})$/.exec(image)?.[1]
  return pinned ?? `sha256:${createHash('sha256').update(image).digest('hex')}`
}
