/**
 * Watches the containers of tasks, and runs health checks and restart policies.
 *
 * Every event about a container leads to a new inspection, and inspections of one container run one after another.
 * Lost, late and repeated events therefore do no harm.
 */
import type { ContainerDefinition } from '@aws-sdk/client-ecs'
import type { AwsJson } from '@ecs-api/ecs-model'
import type { Observations } from '../observations.ts'
import { type ContainerObservation, failedHealthCheckText, type TaskSpec } from '../runtime.ts'
import { observationIn } from './container-observation.ts'
import { type Docker, ifFound, ignoringStatus, isUnreachable } from './docker-api.ts'
import type { ContainerEvent } from './event-stream.ts'
import { runInContainer } from './exec.ts'
import { runHealthChecks } from './health-checks.ts'
import { containerName, pauseContainerName } from './names.ts'
import { shouldRestartAfter } from './restart-policy.ts'

export interface WatchDeps {
  docker: Docker
  engineId: string
  observed: Observations
  /** Whether containers run on this machine's kernel. */
  isOnThisKernel: boolean
  now: () => number
  onNotice: (text: string, taskArn: string) => void
  onUnexpectedError: (error: unknown) => void
}

export interface Watch {
  /**
   * Starts to watch the task's containers.
   * @param earlierObservations the last observations of an earlier run of the engine
   */
  watchTask(task: TaskSpec, earlierObservations?: ReadonlyMap<string, ContainerObservation>): void
  /** Inspects the container now. */
  inspect(task: TaskSpec, container: string): Promise<void>
  /** Marks a container that is being stopped on purpose, so that it is not restarted. */
  markStopping(task: TaskSpec, container: string): void
  onRuntimeEvent(event: ContainerEvent): void
  /** Inspects all containers, because events may have been missed. */
  inspectAll(): Promise<void>
  unwatchTask(taskId: string): void
  close(): void
}

type Definition = AwsJson<ContainerDefinition>

interface WatchedContainer {
  definition: Definition
  health: 'UNKNOWN' | 'HEALTHY' | 'UNHEALTHY'
  /** The health checks of the container's present run. */
  checks: { startedAt: number; end: AbortController } | undefined
  isStopping: boolean
  /** The exit code in an event, for a container that is removed before it can be inspected. */
  exitCode: number | undefined
  /** Why the engine ended the container. */
  endReason: string | undefined
  lastInspection: Promise<void>
}

export function watchContainers({
  docker,
  engineId,
  observed,
  isOnThisKernel,
  now,
  onNotice,
  onUnexpectedError,
}: WatchDeps): Watch {
  const tasks = new Map<string, { task: TaskSpec; containers: Map<string, WatchedContainer> }>()
  const handleOf = (taskId: string, name: string) => docker.getContainer(containerName(engineId, taskId, name))

  function watchTask(task: TaskSpec, earlierObservations: ReadonlyMap<string, ContainerObservation> = new Map()): void {
    observed.open(task)
    if (tasks.has(task.id)) return
    const containers = new Map<string, WatchedContainer>()
    for (const definition of task.containers) {
      const { name = '' } = definition
      const observation = earlierObservations.get(name)
      const health = (observation?.state === 'running' && observation.health) || 'UNKNOWN'
      containers.set(name, {
        definition,
        health,
        checks: undefined,
        isStopping: false,
        exitCode: undefined,
        endReason: undefined,
        lastInspection: Promise.resolve(),
      })
      if (observation) observed.set(task.id, name, observation)
    }
    tasks.set(task.id, { task, containers })
  }

  function inspect(task: TaskSpec, name: string): Promise<void> {
    watchTask(task)
    const watched = tasks.get(task.id)?.containers.get(name)
    if (!watched) return Promise.resolve()
    const inspection = watched.lastInspection.then(() => inspectNow(task, name, watched))
    watched.lastInspection = inspection.catch(() => {})
    return inspection
  }

  async function inspectNow(task: TaskSpec, name: string, watched: WatchedContainer): Promise<void> {
    const observationBefore = observed.observation(task.id, name)
    if (observationBefore.state === 'exited' || !tasks.has(task.id)) return
    const info = await ifFound(handleOf(task.id, name).inspect())
    const observation: ContainerObservation = info
      ? observationIn(info, isOnThisKernel)
      : missingObservation(observationBefore, watched)
    if (observation.state === 'running' && info) {
      startChecks(task, name, watched, info.Id, observation.since)
      return observed.set(task.id, name, withHealth(observation.since, watched))
    }
    watched.checks?.end.abort()
    if (observation.state !== 'exited') return
    const shouldRestart =
      !watched.isStopping &&
      observationBefore.state === 'running' &&
      shouldRestartAfter(watched.definition, {
        startedAt: observationBefore.since,
        exitedAt: observation.at,
        exitCode: observation.exitCode,
      })
    if (shouldRestart && (await restart(task, name, watched))) return
    observed.set(
      task.id,
      name,
      watched.endReason === undefined ? observation : { ...observation, reason: watched.endReason },
    )
  }

  /**
   * The observation of a container that no longer exists. If it was running, it has exited. Its exit code is known only
   * if an event contained it.
   */
  function missingObservation(
    observationBefore: ContainerObservation,
    { exitCode }: WatchedContainer,
  ): ContainerObservation {
    return observationBefore.state === 'running'
      ? { state: 'exited', since: observationBefore.since, at: now(), ...(exitCode !== undefined && { exitCode }) }
      : observationBefore
  }

  /** Starts the container again. Returns false when that is not possible; the container has then ended. */
  async function restart(task: TaskSpec, name: string, watched: WatchedContainer): Promise<boolean> {
    try {
      await ignoringStatus(handleOf(task.id, name).start(), 304)
    } catch (error) {
      if (isUnreachable(error)) throw error
      onUnexpectedError(error)
      return false
    }
    watched.health = 'UNKNOWN'
    await inspectNow(task, name, watched)
    return true
  }

  function withHealth(since: number, { definition, health }: WatchedContainer): ContainerObservation {
    return { state: 'running', since, ...(definition.healthCheck && { health }) }
  }

  function startChecks(task: TaskSpec, name: string, watched: WatchedContainer, id: string, startedAt: number): void {
    const healthCheck = watched.definition.healthCheck
    if (
      !healthCheck ||
      watched.isStopping ||
      (watched.checks?.startedAt === startedAt && !watched.checks.end.signal.aborted)
    )
      return
    watched.checks?.end.abort()
    const end = new AbortController()
    watched.checks = { startedAt, end }
    const onHealth = (health: WatchedContainer['health'], failure?: string) => {
      if (health === 'UNHEALTHY' && watched.health !== health)
        onNotice(failedHealthCheckText(task.id, name, `${failure}`), task.arn)
      watched.health = health
      if (observed.observation(task.id, name).state === 'running')
        observed.set(task.id, name, withHealth(startedAt, watched))
    }
    const runCommand = (command: string[], signal: AbortSignal) =>
      runInContainer(docker, id, command, isOnThisKernel, signal)
    runHealthChecks({ healthCheck, startedAt, health: watched.health, runCommand, onHealth }, end.signal).catch(
      onUnexpectedError,
    )
  }

  /**
   * Inspects the container in the background. If the runtime cannot be reached, all containers are inspected as soon as
   * it can be reached again.
   */
  function inspectSoon(task: TaskSpec, name: string): void {
    inspect(task, name).catch((error) => {
      if (!isUnreachable(error)) onUnexpectedError(error)
    })
  }

  /**
   * Ends the containers of a task whose pause container has ended: without its namespaces, nothing can reach the task.
   */
  async function endContainers({
    task,
    containers,
  }: {
    task: TaskSpec
    containers: Map<string, WatchedContainer>
  }): Promise<void> {
    for (const [name, watched] of containers) {
      if (observed.observation(task.id, name).state !== 'running') continue
      watched.isStopping = true
      watched.endReason = "The container that holds the task's network was ended from outside"
      await ignoringStatus(handleOf(task.id, name).kill(), 404, 409, 500)
      inspectSoon(task, name)
    }
  }

  return {
    watchTask,
    inspect,

    markStopping({ id }, container) {
      const watched = tasks.get(id)?.containers.get(container)
      if (!watched) return
      watched.isStopping = true
      // The health checks end here: they fail while the program ends, and would make the container unhealthy.
      watched.checks?.end.abort()
    },

    onRuntimeEvent({ action, task: taskId, container, exitCode }) {
      const watchedTask = tasks.get(taskId)
      if (!watchedTask || (action !== 'start' && action !== 'die' && action !== 'destroy')) return
      if (container === undefined) {
        if (action !== 'start') endContainers(watchedTask).catch(onUnexpectedError)
        return
      }
      const watched = watchedTask.containers.get(container)
      if (!watched) return
      // The runtime's own `start` has already inspected the container.
      if (action === 'start' && observed.observation(taskId, container).state === 'running') return
      if (action === 'die') watched.exitCode = exitCode
      inspectSoon(watchedTask.task, container)
    },

    async inspectAll() {
      for (const watchedTask of [...tasks.values()]) {
        await Promise.all([...watchedTask.containers.keys()].map((name) => inspect(watchedTask.task, name)))
        const pause = await ifFound(docker.getContainer(pauseContainerName(engineId, watchedTask.task.id)).inspect())
        if (!pause?.State.Running) await endContainers(watchedTask)
      }
    },

    unwatchTask(taskId) {
      for (const { checks } of tasks.get(taskId)?.containers.values() ?? []) checks?.end.abort()
      tasks.delete(taskId)
    },

    close() {
      for (const { containers } of tasks.values()) for (const { checks } of containers.values()) checks?.end.abort()
      tasks.clear()
    },
  }
}
