/**
 * Simulated containers, which have states but no processes: for tests, for demos, and for machines without a container
 * runtime.
 *
 * A container's docker labels, and its command if it is one of the few that are understood, determine its behaviour
 * (docs/simulated-runtime.md). The pace determines its speed. The whole timeline follows from the definition and the
 * start time. So nothing is stored, and after a restart of the engine the container continues as before.
 */
import { createHash } from 'node:crypto'
import { isImageName } from './image-name.ts'
import { openObservations } from './observations.ts'
import {
  type ContainerCallbacks,
  type ContainerObservation,
  containerDefinitionOf,
  failedHealthCheckText,
  type Runtime,
  RuntimeFault,
  type TaskSpec,
} from './runtime.ts'
import { type SimulatedBehaviour, simulatedBehaviourOf } from './simulated-behaviour.ts'
import { createSimulatedOutput } from './simulated-output.ts'
import { previewOfSimulation } from './simulated-preview.ts'

export const paces = ['instant', 'fast', 'real'] as const
export type SimulatedPace = (typeof paces)[number]

/**
 * The duration of each step. `real` has durations that were measured on Fargate, such as 4 s to create the network and
 * about 16 s to release it.
 */
const stepTimesMs: Record<
  SimulatedPace,
  { prepare: number; pull: number; start: number; healthy: number; stop: number; remove: number }
> = {
  instant: { prepare: 0, pull: 0, start: 0, healthy: 0, stop: 0, remove: 0 },
  fast: { prepare: 100, pull: 150, start: 50, healthy: 100, stop: 100, remove: 100 },
  real: { prepare: 4_000, pull: 8_000, start: 500, healthy: 30_000, stop: 1_000, remove: 16_000 },
}

/** The part of the engine's clock that this runtime needs. */
interface Clock {
  now(): number
  at(time: number, callback: () => void): () => void
}

export interface SimulatedRuntime extends Runtime {
  readonly name: 'simulated'
  /** Ends a running container from outside, as `kill -9` on its process would. Returns false when it is not running. */
  kill(taskId: string, container: string, exitCode?: number): boolean
}

export interface SimulatedRuntimeDeps {
  clock: Clock
  pace: SimulatedPace
  /**
   * Resolves secrets and registry credentials as for real containers, so that a missing secret keeps the task from
   * starting, and receives what the containers print. Without callbacks, none are resolved and no line is kept.
   */
  callbacks?: Pick<ContainerCallbacks, 'environment' | 'registryCredentials' | 'logSink'>
  /** Called with the output of a health check, which ECS does not show, when a container becomes unhealthy. */
  onNotice?: (text: string, taskArn: string) => void
}

export function createSimulatedRuntime({ clock, pace, callbacks, onNotice }: SimulatedRuntimeDeps): SimulatedRuntime {
  const observations = openObservations()
  /** By task id and container name: a function that cancels the container's next event. */
  const cancelNextEvents = new Map<string, Map<string, () => void>>()
  const stepMs = stepTimesMs[pace]
  const printed = createSimulatedOutput({
    clock,
    onUnstored: (error, task, container) =>
      onNotice?.(`the output of the container ${container} is lost from now on: ${String(error)}`, task.arn),
  })

  function cancelNext(taskId: string, container: string): void {
    cancelNextEvents.get(taskId)?.get(container)?.()
    cancelNextEvents.get(taskId)?.delete(container)
  }

  function schedule(taskId: string, container: string, at: number, callback: () => void): void {
    const cancelsOfTask = cancelNextEvents.get(taskId) ?? new Map()
    cancelNextEvents.set(taskId, cancelsOfTask.set(container, clock.at(at, callback)))
  }

  /** Resolves after the time, or at once for 0. Rejects when the signal aborts. */
  function pause(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    if (ms <= 0) return Promise.resolve()
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        cancel()
        reject(signal?.reason)
      }
      const cancel = clock.at(clock.now() + ms, () => {
        signal?.removeEventListener('abort', onAbort)
        resolve()
      })
      signal?.addEventListener('abort', onAbort, { once: true })
    })
  }

  /** The containers that are being stopped, by task and name: their health is not checked any more. */
  const stopping = new Set<string>()

  /** Continues the container's timeline: past events are applied at once, and the next event gets a timer. */
  function continueTimeline(task: TaskSpec, container: string, startedAt: number, { wasUnhealthy = false } = {}): void {
    const definition = containerDefinitionOf(task, container)
    const behaviour = simulatedBehaviourOf(definition)
    const timeline = timelineOf(definition, behaviour, startedAt, stepMs.healthy)
    const sink = behaviour.output && callbacks?.logSink(task, definition)
    if (behaviour.output && sink) {
      const endsAt = timeline.find(({ observation }) => observation.state === 'exited')?.at
      printed.start(task, container, { output: behaviour.output, startedAt, endsAt, sink })
    }
    const next = (): void => {
      cancelNextEvents.get(task.id)?.delete(container)
      const event = observations.observation(task.id, container).state === 'running' ? timeline.shift() : undefined
      if (!event) return
      const apply = () => {
        const { observation } = event
        if (observation.state === 'running' && stopping.has(`${task.id} ${container}`)) return next()
        if (observation.state === 'exited') printed.end(task.id, container)
        if (observation.state === 'running' && observation.health === 'UNHEALTHY' && !wasUnhealthy)
          onNotice?.(failedHealthCheckText(task.id, container, healthCheckFailure(behaviour)), task.arn)
        observations.set(task.id, container, observation)
        next()
      }
      if (event.at <= clock.now()) apply()
      else schedule(task.id, container, event.at, apply)
    }
    observations.set(task.id, container, {
      state: 'running',
      since: startedAt,
      ...(definition.healthCheck && { health: 'UNKNOWN' }),
    })
    next()
  }

  function endContainer(taskId: string, container: string, ending: { exitCode: number; reason?: string }): void {
    cancelNext(taskId, container)
    printed.end(taskId, container)
    const last = observations.observation(taskId, container)
    observations.set(taskId, container, {
      state: 'exited',
      ...(last.state === 'running' && { since: last.since }),
      at: clock.now(),
      ...ending,
    })
  }

  return {
    name: 'simulated',

    async prepare(task, signal, onInterface) {
      const fault = task.containers.map(simulatedBehaviourOf).find(({ networkError }) => networkError)?.networkError
      await pause(stepMs.prepare / 2, signal)
      onInterface?.()
      await pause(stepMs.prepare / 2, signal)
      if (fault) throw new RuntimeFault(`ResourceInitializationError: ${fault}`)
      observations.open(task)
      return new Map()
    },

    async pull(task, container, signal, onProgress) {
      const definition = containerDefinitionOf(task, container)
      const { pullDelayMs, pullError } = simulatedBehaviourOf(definition)
      await callbacks?.registryCredentials(task, definition, signal)
      const isName = isImageName(definition.image ?? '')
      const digest = digestOf(definition.image ?? '')
      onProgress?.({ ...(isName && pullError === undefined && { digest }), current: 0, total: 1 })
      await pause(pullDelayMs ?? stepMs.pull, signal)
      // Docker's message.
      if (!isName) throw new RuntimeFault('CannotPullContainerError: invalid reference format')
      if (pullError) throw new RuntimeFault(`CannotPullContainerError: ${pullError}`)
      onProgress?.({ digest, current: 1, total: 1 })
      return { digest }
    },

    async start(task, container, signal) {
      const definition = containerDefinitionOf(task, container)
      const { startDelayMs, startError } = simulatedBehaviourOf(definition)
      observations.open(task)
      if (observations.observation(task.id, container).state !== 'waiting') return
      await callbacks?.environment(task, definition, signal)
      await pause(startDelayMs ?? stepMs.start, signal)
      if (startError) throw new RuntimeFault(`CannotStartContainerError: ${startError}`)
      if (observations.observation(task.id, container).state === 'waiting')
        continueTimeline(task, container, clock.now())
    },

    wait: observations.wait,

    async stop(task, container, graceMs) {
      const { ignoresSigterm } = simulatedBehaviourOf(containerDefinitionOf(task, container))
      if (observations.observation(task.id, container).state !== 'running') return
      stopping.add(`${task.id} ${container}`)
      await pause(ignoresSigterm ? graceMs : Math.min(stepMs.stop, graceMs))
      if (observations.observation(task.id, container).state === 'running')
        endContainer(task.id, container, { exitCode: ignoresSigterm ? 137 : 143 })
    },

    async remove(task) {
      await printed.waitUntilStored(task.id)
      await pause(stepMs.remove)
      for (const { name = '' } of task.containers) {
        cancelNext(task.id, name)
        stopping.delete(`${task.id} ${name}`)
      }
      cancelNextEvents.delete(task.id)
      observations.close(task.id)
    },

    async adopt(tasks) {
      for (const { task, observed } of tasks) {
        observations.open(task)
        for (const [container, observation] of observed)
          if (observation.state === 'running') {
            const wasUnhealthy = observation.health === 'UNHEALTHY'
            continueTimeline(task, container, observation.since, { wasUnhealthy })
          } else observations.set(task.id, container, observation)
      }
    },

    async usage(task) {
      let cpuNanoseconds = 0
      let memoryBytes = 0
      for (const definition of task.containers) {
        const { cpuUnits, memoryMiB } = simulatedBehaviourOf(definition)
        const observation = observations.observation(task.id, definition.name ?? '')
        if (observation.state === 'waiting' || observation.since === undefined) continue
        // The counter must not decrease when a container exits: a lower value would look like a restarted container.
        const endsAt = observation.state === 'exited' ? observation.at : clock.now()
        cpuNanoseconds += (cpuUnits / 1024) * (endsAt - observation.since) * 1e6
        if (observation.state === 'running') memoryBytes += memoryMiB * 2 ** 20
      }
      return { cpuNanoseconds, memoryBytes }
    },

    previewOf: async (containers) => previewOfSimulation(containers),

    async close() {
      printed.close()
      for (const ofTask of cancelNextEvents.values()) for (const stop of ofTask.values()) stop()
      cancelNextEvents.clear()
    },

    kill(taskId, container, exitCode = 137) {
      if (observations.observation(taskId, container).state !== 'running') return false
      endContainer(taskId, container, { exitCode })
      return true
    },
  }
}

function healthCheckFailure({ healthCheckExitCode, healthCheckOutput }: SimulatedBehaviour): string {
  return [`exit code ${healthCheckExitCode}`, healthCheckOutput].filter(Boolean).join(': ')
}

/** The events of a container after its start, in their order. */
function timelineOf(
  { healthCheck }: TaskSpec['containers'][number],
  { healthyAfterMs, unhealthyAfterMs, exitAfterMs, exitCode, outOfMemoryAfterMs }: SimulatedBehaviour,
  since: number,
  defaultHealthyAfterMs: number,
): { at: number; observation: ContainerObservation }[] {
  const healthyByDefaultAfterMs =
    unhealthyAfterMs === undefined || unhealthyAfterMs > defaultHealthyAfterMs ? defaultHealthyAfterMs : undefined
  const healthChanges = (ms: number | undefined, health: 'HEALTHY' | 'UNHEALTHY') =>
    healthCheck && ms !== undefined
      ? [{ at: since + ms, observation: { state: 'running', since, health } as const }]
      : []
  const exits = (ms: number | undefined, ending: { exitCode: number; reason?: string }) =>
    ms === undefined
      ? []
      : [{ at: since + ms, observation: { state: 'exited', since, at: since + ms, ...ending } as const }]
  return [
    ...healthChanges(healthyAfterMs ?? healthyByDefaultAfterMs, 'HEALTHY'),
    ...healthChanges(unhealthyAfterMs, 'UNHEALTHY'),
    ...exits(exitAfterMs, { exitCode }),
    ...exits(outOfMemoryAfterMs, { exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' }),
  ].sort((a, b) => a.at - b.at)
}

/** The same image always has the same digest, as in a registry. */
function digestOf(image: string): string {
  const pinned = /@(sha256:[0-9a-f]{64})$/.exec(image)?.[1]
  return pinned ?? `sha256:${createHash('sha256').update(image).digest('hex')}`
}
