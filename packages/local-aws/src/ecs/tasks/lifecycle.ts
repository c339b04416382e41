/**
 * The life of tasks: each goes by one state at a time from PROVISIONING to STOPPED, and never back. Whoever wants a task to do something
 * changes what is desired of it; how it gets there is decided here alone. A state is on disk before the next one begins, so that after a
 * restart every task goes on from where it was.
 */
import { shortName } from '@ecs-api/ecs-model'
import type { Clock } from '../../clock.ts'
import { epochSeconds } from '../../clock.ts'
import { type Runtime, RuntimeFault } from '../../runtimes/runtime.ts'
import type { Storage } from '../../storage/storage.ts'
import type { EcsState } from '../records/state.ts'
import type { TaskRecord, TaskStatus } from '../records/task-record.ts'
import { startPlan, stopOrder } from './container-order.ts'
import { dependencyNotMet, isOfResources, stopCauses } from './stop-reasons.ts'
import { takeAddress } from './subnets.ts'
import {
  allStopped,
  attachment,
  blamed,
  changed,
  detached,
  detaching,
  endedEssential,
  executionEnd,
  observed,
  pulled,
  pulling,
  stopping,
  unresolved,
  withDigests,
} from './task-changes.ts'
import { containersOf, taskSpec } from './task-spec.ts'
import { waitUntil } from './wait-until.ts'

export interface LifecycleDeps {
  clock: Clock
  runtime: Runtime
  storage: Pick<Storage, 'settled'>
  /** Told of what is neither ECS's nor a runtime's fault but our own. */
  onFault: (error: unknown) => void
  /** Told after each change that a service may have to answer. */
  onChange: (ecsState: EcsState, task: TaskRecord) => void
}

export interface Lifecycle {
  /** Sets the task on its way, or lets it notice what is desired of it now. */
  wake(ecsState: EcsState, taskArn: string): void
  /** Once, after a start: every task goes on from where it was. */
  resume(ecsStates: readonly EcsState[]): Promise<void>
  /** Stops all tasks, and kills what still runs shortly before that time is over. Resolves when they have stopped, or after that time. */
  stopAll(ecsStates: readonly EcsState[], withinMs: number): Promise<void>
  close(): Promise<void>
}

/** A step: resolves when the task has got on by one state, or has something new to look at. */
type Step = (taskRun: TaskRun) => Promise<void>

/** One task on its way, with what its steps need. */
interface TaskRun {
  ecsState: EcsState
  arn: string
  /** Aborts when what is desired of the task has changed. */
  signal: AbortSignal
  /** The last of the runtime's sights that was taken over. */
  revision: number | undefined
  task(): TaskRecord
  set(change: Parameters<typeof changed>[1] | undefined): void
}

const DEFAULT_STOP_TIMEOUT_S = 30
/** At the engine's close: how long before its end containers are killed, whatever their own stop timeout. */
const KILL_BEFORE_END_MS = 2_500
/** A runtime that fails to stop or to clean up is asked again, less and less often. */
const RETRY = { firstMs: 500, maxMs: 60_000 }

export function lifecycle({ clock, runtime, storage, onFault, onChange }: LifecycleDeps): Lifecycle {
  const wakes = new Map<string, AbortController>()
  const taskRuns = new Map<string, Promise<void>>()
  let closed = false
  /** When containers are killed since the engine closes. */
  let killAt = Number.POSITIVE_INFINITY

  const steps: Record<Exclude<TaskStatus, 'STOPPED'>, Step> = {
    async PROVISIONING(taskRun) {
      const { ecsState, task, set, signal } = taskRun
      if (task().desiredStatus === 'STOPPED') return set(down(task()))
      if (!task().engine.address) {
        const { subnet } = task().engine
        const address = takeAddress(ecsState, subnet)
        if (!address)
          throw new RuntimeFault(
            `Unexpected EC2 error while attempting to Create Network Interface in subnet '${subnet}': InsufficientFreeAddressesInSubnet`,
          )
        set({ engine: { ...task().engine, address } })
      }
      const ports = await runtime.prepare(taskSpec(ecsState, task()), signal, () =>
        set(withInterface(taskRun, 'CREATED')),
      )
      set(withInterface(taskRun, 'ATTACHED'))
      set({
        lastStatus: 'PENDING',
        engine: { ...task().engine, ...(ports.size > 0 && { ports: Object.fromEntries(ports) }) },
        ...pulling(task(), clock.now()),
      })
    },

    async PENDING(taskRun) {
      const { ecsState, task, set, signal } = taskRun
      if (task().desiredStatus === 'STOPPED') return set(down(task()))
      const spec = taskSpec(ecsState, task())
      if (task().pullStoppedAt === undefined) {
        const names = spec.containers.map(({ name = '' }) => name)
        const known = (name: string, digest: string | undefined) =>
          digest ? withDigests(task(), new Map([[name, digest]])) : undefined
        const pull = (name: string) => runtime.pull(spec, name, signal, ({ digest }) => set(known(name, digest)))
        const digests = await Promise.all(names.map((name) => ofContainer(taskRun, name, pull(name))))
        return set(pulled(task(), new Map(names.map((name, i) => [name, digests[i]?.digest])), clock.now()))
      }
      look(taskRun, await runtime.wait(spec, undefined, signal))
      const since = (task().pullStoppedAt ?? 0) * 1000
      const plan = startPlan(spec.containers, new Map(Object.entries(task().engine.observed)), since, clock.now())
      if (plan.failed) throw new RuntimeFault(dependencyNotMet)
      if (plan.complete) return set({ lastStatus: 'ACTIVATING' })
      if (endedEssential(task(), spec.containers))
        return set({ ...stopping(task(), stopCauses.essentialExited(), clock.now()), ...down(task()) })
      if (plan.ready.length > 0) {
        await Promise.all(plan.ready.map((name) => ofContainer(taskRun, name, runtime.start(spec, name, signal))))
        return
      }
      await waitUntil(clock, plan.until, signal, (until) => runtime.wait(spec, taskRun.revision, until))
    },

    async ACTIVATING({ task, set }) {
      if (task().desiredStatus === 'STOPPED') return set(down(task()))
      set({ lastStatus: 'RUNNING', startedAt: epochSeconds(clock.now()) })
    },

    async RUNNING(taskRun) {
      const { ecsState, task, set, signal } = taskRun
      if (task().desiredStatus === 'STOPPED') return set({ lastStatus: 'DEACTIVATING' })
      const spec = taskSpec(ecsState, task())
      // It may have ended, and been seen to, before the task got here.
      if (endedEssential(task(), spec.containers))
        return set({ lastStatus: 'DEACTIVATING', ...stopping(task(), stopCauses.essentialExited(), clock.now()) })
      look(taskRun, await runtime.wait(spec, taskRun.revision, signal))
    },

    async DEACTIVATING({ set }) {
      set({ lastStatus: 'STOPPING' })
    },

    async STOPPING(taskRun) {
      const { ecsState, task, set } = taskRun
      const spec = taskSpec(ecsState, task())
      const graceMs = (name: string) => {
        const { stopTimeout = DEFAULT_STOP_TIMEOUT_S } =
          spec.containers.find((container) => container.name === name) ?? {}
        return Math.max(0, Math.min(stopTimeout * 1000, killAt - clock.now()))
      }
      for (const round of stopOrder(spec.containers))
        await Promise.all(round.map((name) => runtime.stop(spec, name, graceMs(name))))
      look(taskRun, await runtime.wait(spec, undefined, new AbortController().signal))
      set({
        lastStatus: 'DEPROVISIONING',
        executionStoppedAt: epochSeconds(executionEnd(task(), clock.now())),
        ...allStopped(task()),
      })
    },

    async DEPROVISIONING({ ecsState, task, set }) {
      set(detaching(task()))
      if (task().engine.address) await runtime.remove(taskSpec(ecsState, task()))
      const stoppedAt = task().stoppedAt ?? epochSeconds(clock.now())
      set({ lastStatus: 'STOPPED', stoppedAt, ...allStopped(task()), ...detached({ ...task(), stoppedAt }) })
    },
  }

  function look(taskRun: TaskRun, observation: Awaited<ReturnType<Runtime['wait']>>): void {
    taskRun.revision = observation.revision
    taskRun.set(observed(taskRun.task(), containersOf(taskRun.ecsState, taskRun.task()), observation))
  }

  function withInterface({ ecsState, task }: TaskRun, status: 'CREATED' | 'ATTACHED'): ReturnType<typeof attachment> {
    return attachment(task(), status, { address: task().engine.address ?? '', region: ecsState.region })
  }

  /** The way down: what has begun to be pulled or to run is stopped first. Where nothing has, the task has stopped already (as recorded). */
  function down(task: TaskRecord): Parameters<typeof changed>[1] {
    const now = epochSeconds(clock.now())
    if (task.pullStartedAt === undefined) return { lastStatus: 'DEPROVISIONING', stoppedAt: now, ...allStopped(task) }
    return { lastStatus: 'STOPPING', pullStoppedAt: task.pullStoppedAt ?? now }
  }

  async function ofContainer<T>({ task, set }: TaskRun, name: string, doing: Promise<T>): Promise<T> {
    try {
      return await doing
    } catch (error) {
      if (error instanceof RuntimeFault && !isOfResources(error)) set(blamed(task(), name, error.message))
      throw error
    }
  }

  async function run(ecsState: EcsState, arn: string): Promise<void> {
    const taskRun: TaskRun = {
      ecsState,
      arn,
      signal: AbortSignal.abort(),
      revision: undefined,
      task: () => taskOf(ecsState, arn),
      set(change) {
        if (!change || closed) return
        const task = changed(taskOf(ecsState, arn), change)
        ecsState.tasks.set(arn, task)
        onChange(ecsState, task)
      },
    }
    for (let failures = 0; ; ) {
      // A state is on disk before the next one begins. Where the disk can't be written it stays in memory, and the storage tries again: the
      // task must not stand still for it.
      await storage.settled().catch(() => {})
      const lastStatus = ecsState.tasks.get(arn)?.lastStatus
      if (closed || lastStatus === undefined || lastStatus === 'STOPPED') return
      const wake = new AbortController()
      wakes.set(arn, wake)
      taskRun.signal = wake.signal
      try {
        await steps[lastStatus](taskRun)
        failures = 0
      } catch (error) {
        if (closed) return
        if (!wake.signal.aborted || error instanceof RuntimeFault) await onStepFailed(taskRun, error, ++failures)
      }
    }
  }

  /** Before it runs, a fault ends the task; after that, what has to be done is tried again. */
  async function onStepFailed(taskRun: TaskRun, error: unknown, failures: number): Promise<void> {
    const { task, set } = taskRun
    if (!(error instanceof RuntimeFault)) onFault(error)
    const reason =
      error instanceof RuntimeFault ? error.message : 'InternalError: Unexpected error while starting the task'
    const { lastStatus } = task()
    if (isOfResources(error) && (lastStatus === 'PROVISIONING' || lastStatus === 'PENDING')) {
      // ECS finds this out in PENDING, before anything is pulled, on a network that is there.
      if (lastStatus === 'PROVISIONING') {
        set(withInterface(taskRun, 'ATTACHED'))
        set({ lastStatus: 'PENDING', ...pulling(task(), clock.now()) })
      }
      set(unresolved(task()))
    }
    if (lastStatus === 'PROVISIONING' || lastStatus === 'PENDING') {
      set({ ...stopping(task(), stopCauses.failedToStart(reason), clock.now()), ...down(task()) })
    } else await pause(Math.min(RETRY.maxMs, RETRY.firstMs * 2 ** Math.min(failures, 20)))
  }

  /** Also ends stops that wait for a longer time. */
  async function kill({ ecsState, task: { taskArn } }: { ecsState: EcsState; task: TaskRecord }): Promise<void> {
    const task = taskOf(ecsState, taskArn)
    if (task.lastStatus !== 'STOPPING') return
    const spec = taskSpec(ecsState, task)
    await Promise.all(spec.containers.map(({ name = '' }) => runtime.stop(spec, name, 0)))
  }

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      clock.at(clock.now() + ms, resolve)
    })
  }

  function begin(ecsState: EcsState, arn: string): void {
    if (closed || taskRuns.has(arn)) return
    // Not within the turn of who asks: an action that throws in the end has set nothing on its way.
    const taskRun = Promise.resolve()
      .then(() => run(ecsState, arn))
      .catch(onFault)
      .finally(() => {
        taskRuns.delete(arn)
        wakes.delete(arn)
      })
    taskRuns.set(arn, taskRun)
  }

  return {
    wake(ecsState, arn) {
      wakes.get(arn)?.abort()
      begin(ecsState, arn)
    },

    async resume(ecsStates) {
      const going = ecsStates.flatMap((ecsState) =>
        ecsState.tasks.by('life', 'going on').map((task) => ({ ecsState, task })),
      )
      const placed = going.filter(({ task }) => task.engine.address)
      await runtime.adopt(
        placed.map(({ ecsState, task }) => ({
          task: taskSpec(ecsState, task),
          observed: new Map(Object.entries(task.engine.observed)),
        })),
      )
      for (const { ecsState, task } of going) begin(ecsState, task.taskArn)
    },

    async stopAll(ecsStates, withinMs) {
      const going = ecsStates.flatMap((ecsState) =>
        ecsState.tasks.by('life', 'going on').map((task) => ({ ecsState, task })),
      )
      killAt = clock.now() + Math.max(0, withinMs - KILL_BEFORE_END_MS)
      const callOffKills = clock.at(killAt, () => {
        for (const one of going) kill(one).catch(onFault)
      })
      for (const { ecsState, task } of going) {
        ecsState.tasks.set(task.taskArn, changed(task, stopping(task, stopCauses.engineClosing(), clock.now())))
        wakes.get(task.taskArn)?.abort()
        begin(ecsState, task.taskArn)
      }
      const stopped = Promise.all(going.map(({ task }) => taskRuns.get(task.taskArn)))
      const { promise: late, resolve } = Promise.withResolvers<void>()
      const callOff = clock.at(clock.now() + withinMs, resolve)
      await Promise.race([stopped, late])
      callOff()
      callOffKills()
    },

    async close() {
      closed = true
      for (const wake of wakes.values()) wake.abort()
      await runtime.close()
    },
  }
}

function taskOf(ecsState: EcsState, arn: string): TaskRecord {
  const task = ecsState.tasks.get(arn)
  if (!task) throw new Error(`task ${shortName(arn)} is gone, though it has not stopped`)
  return task
}
