/**
 * Sees what happens to tasks' containers, and does what has to be done by itself: health checks, restarts by policy. Whatever is heard of a
 * container, it is inspected anew, one look after the other; so a lost, late or doubled event does no harm.
 */
import type { ContainerDefinition } from '@aws-sdk/client-ecs'
import type { Wire } from '@ecs-api/ecs-model'
import type { Observations } from '../observations.ts'
import type { ContainerObservation, TaskSpec } from '../runtime.ts'
import { observationIn } from './container-observation.ts'
import { type Docker, ignoring, isUnreachable, orNothing } from './docker-api.ts'
import type { ContainerEvent } from './event-stream.ts'
import { runIn } from './exec.ts'
import { checkHealth } from './health-checks.ts'
import { containerName, pauseName } from './names.ts'
import { restartsAfter } from './restart-policy.ts'

export interface WatchDeps {
  docker: Docker
  engine: string
  book: Observations
  /** Whether containers run on this machine's kernel. */
  kernelHere: boolean
  now: () => number
  onFault: (error: unknown) => void
}

export interface Watch {
  /** From now on its containers are watched. What is known of them from an earlier run of the engine is the beginning. */
  begin(task: TaskSpec, known?: ReadonlyMap<string, ContainerObservation>): void
  /** Looks at the container now. */
  look(task: TaskSpec, container: string): Promise<void>
  /** It is being stopped on purpose: its end is not followed by a restart. */
  stopping(task: TaskSpec, container: string): void
  onRuntimeEvent(event: ContainerEvent): void
  /** Something may have been missed. */
  lookAtAll(): Promise<void>
  end(taskId: string): void
  close(): void
}

type Definition = Wire<ContainerDefinition>

interface Watched {
  definition: Definition
  health: 'UNKNOWN' | 'HEALTHY' | 'UNHEALTHY'
  /** Ends the checks of its present run. */
  checks: { since: number; end: AbortController } | undefined
  stopping: boolean
  /** As an event told it, for a container that is removed before it can be inspected. */
  exitCode: number | undefined
  /** Why it was ended from here. */
  reason: string | undefined
  looks: Promise<void>
}

export function watch({ docker, engine, book, kernelHere, now, onFault }: WatchDeps): Watch {
  const tasks = new Map<string, { task: TaskSpec; containers: Map<string, Watched> }>()
  const handleOf = (taskId: string, name: string) => docker.getContainer(containerName(engine, taskId, name))

  function begin(task: TaskSpec, known: ReadonlyMap<string, ContainerObservation> = new Map()): void {
    book.open(task)
    if (tasks.has(task.id)) return
    const containers = new Map<string, Watched>()
    for (const definition of task.containers) {
      const { name = '' } = definition
      const observation = known.get(name)
      const health = (observation?.state === 'running' && observation.health) || 'UNKNOWN'
      containers.set(name, {
        definition,
        health,
        checks: undefined,
        stopping: false,
        exitCode: undefined,
        reason: undefined,
        looks: Promise.resolve(),
      })
      if (observation) book.see(task.id, name, observation)
    }
    tasks.set(task.id, { task, containers })
  }

  function look(task: TaskSpec, name: string): Promise<void> {
    begin(task)
    const one = tasks.get(task.id)?.containers.get(name)
    if (!one) return Promise.resolve()
    const looked = one.looks.then(() => lookNow(task, name, one))
    one.looks = looked.catch(() => {})
    return looked
  }

  async function lookNow(task: TaskSpec, name: string, one: Watched): Promise<void> {
    const before = book.observation(task.id, name)
    if (before.state === 'exited' || !tasks.has(task.id)) return
    const info = await orNothing(handleOf(task.id, name).inspect())
    const observation: ContainerObservation = info ? observationIn(info, kernelHere) : gone(before, one)
    if (observation.state === 'running' && info) {
      checkIts(task, name, one, info.Id, observation.since)
      return book.see(task.id, name, withHealth(observation.since, one))
    }
    one.checks?.end.abort()
    if (observation.state !== 'exited') return
    const again =
      !one.stopping &&
      before.state === 'running' &&
      restartsAfter(one.definition, { ...observation, since: before.since })
    if (again && (await restarted(task, name, one))) return
    book.see(task.id, name, one.reason === undefined ? observation : { ...observation, reason: one.reason })
  }

  /** A container that was seen running and is not there any more has ended, in a way that only an event may have told. */
  function gone(before: ContainerObservation, { exitCode }: Watched): ContainerObservation {
    return before.state === 'running'
      ? { state: 'exited', since: before.since, at: now(), ...(exitCode !== undefined && { exitCode }) }
      : before
  }

  /** False where it can't be started again: then it has ended for good. */
  async function restarted(task: TaskSpec, name: string, one: Watched): Promise<boolean> {
    try {
      await ignoring(handleOf(task.id, name).start(), 304)
    } catch (error) {
      if (isUnreachable(error)) throw error
      onFault(error)
      return false
    }
    one.health = 'UNKNOWN'
    await lookNow(task, name, one)
    return true
  }

  function withHealth(since: number, { definition, health }: Watched): ContainerObservation {
    return { state: 'running', since, ...(definition.healthCheck && { health }) }
  }

  function checkIts(task: TaskSpec, name: string, one: Watched, id: string, since: number): void {
    const check = one.definition.healthCheck
    if (!check || (one.checks?.since === since && !one.checks.end.signal.aborted)) return
    one.checks?.end.abort()
    const end = new AbortController()
    one.checks = { since, end }
    const onHealth = (health: Watched['health']) => {
      one.health = health
      if (book.observation(task.id, name).state === 'running') book.see(task.id, name, withHealth(since, one))
    }
    const run = (command: string[], signal: AbortSignal) => runIn(docker, id, command, kernelHere, signal)
    checkHealth({ check, startedAt: since, health: one.health, run, onHealth }, end.signal).catch(onFault)
  }

  /** A look that nobody waits for. One that the runtime is away for is made up for when it is back. */
  function lookSoon(task: TaskSpec, name: string): void {
    look(task, name).catch((error) => {
      if (!isUnreachable(error)) onFault(error)
    })
  }

  /** Without its namespaces a task can't go on: nothing could reach it, or start in it. */
  async function networkLost({
    task,
    containers,
  }: {
    task: TaskSpec
    containers: Map<string, Watched>
  }): Promise<void> {
    for (const [name, one] of containers) {
      if (book.observation(task.id, name).state !== 'running') continue
      one.stopping = true
      one.reason = "The container that holds the task's network was ended from outside"
      await ignoring(handleOf(task.id, name).kill(), 404, 409, 500)
      lookSoon(task, name)
    }
  }

  return {
    begin,
    look,

    stopping({ id }, container) {
      const one = tasks.get(id)?.containers.get(container)
      if (one) one.stopping = true
    },

    onRuntimeEvent({ action, task: taskId, container, exitCode }) {
      const known = tasks.get(taskId)
      if (!known || (action !== 'start' && action !== 'die' && action !== 'destroy')) return
      if (container === undefined) {
        if (action !== 'start') networkLost(known).catch(onFault)
        return
      }
      const one = known.containers.get(container)
      if (!one) return
      // Whoever starts a container looks at it then.
      if (action === 'start' && book.observation(taskId, container).state === 'running') return
      if (action === 'die') one.exitCode = exitCode
      lookSoon(known.task, container)
    },

    async lookAtAll() {
      for (const known of [...tasks.values()]) {
        await Promise.all([...known.containers.keys()].map((name) => look(known.task, name)))
        const pause = await orNothing(docker.getContainer(pauseName(engine, known.task.id)).inspect())
        if (!pause?.State.Running) await networkLost(known)
      }
    },

    end(taskId) {
      for (const { checks } of tasks.get(taskId)?.containers.values() ?? []) checks?.end.abort()
      tasks.delete(taskId)
    },

    close() {
      for (const { containers } of tasks.values()) for (const { checks } of containers.values()) checks?.end.abort()
      tasks.clear()
    },
  }
}
