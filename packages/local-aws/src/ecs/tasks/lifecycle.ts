/**
 * Task runs: one loop for each task that takes it from PROVISIONING to STOPPED, one state at a time and never back.
 *
 * Others only change the desired status of a task and wake its run; the steps below alone decide how the task gets
 * there. Each state is durable before the next step begins, so after a restart every task continues from its stored
 * state.
 */
import { shortName } from '@ecs-api/ecs-model'
import type { Clock } from '../../clock.ts'
import { epochSeconds } from '../../clock.ts'
import { type Runtime, RuntimeFault } from '../../runtimes/runtime.ts'
import type { Storage } from '../../storage/storage.ts'
import type { EcsState } from '../records/state.ts'
import type { TaskRecord, TaskStatus } from '../records/task-record.ts'
import { startPlan, stopOrder } from './container-order.ts'
import { recordRevisionDigests } from './revision-digests.ts'
import { dependencyNotMet, isResourceFault, stopCauses } from './stop-reasons.ts'
import { takeAddress } from './subnets.ts'
import {
  allContainersStopped,
  attachmentChange,
  detachmentEnd,
  detachmentStart,
  endedEssentialContainer,
  executionEnd,
  pullEnd,
  pullStart,
  stopWithCause,
  withChange,
  withContainerReason,
  withDigests,
  withObservation,
  withoutDigests,
} from './task-changes.ts'
import { containersOf, taskSpec } from './task-spec.ts'
import { waitUntil } from './wait-until.ts'

export interface LifecycleDeps {
  clock: Clock
  runtime: Runtime
  storage: Pick<Storage, 'settled'>
  /** Receives errors that are defects of the engine: neither ECS nor the runtime would report them. */
  onUnexpectedError: (error: unknown) => void
  /** Called after each change that may concern the task's service. */
  onChange: (ecsState: EcsState, task: TaskRecord) => void
}

export interface Lifecycle {
  /** Starts the task's run, or makes it read the desired status again. */
  wake(ecsState: EcsState, taskArn: string): void
  /** Call once after a start: every task that has not stopped continues. */
  resume(ecsStates: readonly EcsState[]): Promise<void>
  /**
   * Stops all tasks. Containers still running shortly before `withinMs` are killed. Resolves when all tasks have
   * stopped, or after `withinMs`.
   */
  stopAll(ecsStates: readonly EcsState[], withinMs: number): Promise<void>
  close(): Promise<void>
}

/** Resolves when the task has reached its next state, or when there may be something new to act on. */
type Step = (taskRun: TaskRun) => Promise<void>

/** The run of one task, with the functions that its steps need. */
interface TaskRun {
  ecsState: EcsState
  arn: string
  /** Aborts when the task's desired status has changed. */
  signal: AbortSignal
  /** The revision of the runtime's last observation that was applied. */
  revision: number | undefined
  task(): TaskRecord
  /** Stores the task with the change, and calls `onChange`. */
  set(change: Parameters<typeof withChange>[1] | undefined): void
}

const DEFAULT_STOP_TIMEOUT_S = 30
/** Milliseconds before the end of `stopAll` at which containers are killed, whatever their own stop timeout. */
const KILL_BEFORE_END_MS = 2_500
/**
 * Delays between retries when the runtime fails to stop or to clean up a task; each is twice as long as the one before.
 */
const RETRY = { firstMs: 500, maxMs: 60_000 }

export function lifecycle({ clock, runtime, storage, onUnexpectedError, onChange }: LifecycleDeps): Lifecycle {
  const wakes = new Map<string, AbortController>()
  const taskRuns = new Map<string, Promise<void>>()
  let closed = false
  /** When containers are killed because the engine closes. Milliseconds since 1970. */
  let killAt = Number.POSITIVE_INFINITY

  const steps: Record<Exclude<TaskStatus, 'STOPPED'>, Step> = {
    async PROVISIONING(taskRun) {
      const { ecsState, task, set, signal } = taskRun
      if (task().desiredStatus === 'STOPPED') return set(stopChange(task()))
      if (!task().engineState.address) {
        const { subnet } = task().engineState
        const address = takeAddress(ecsState, subnet)
        if (!address)
          throw new RuntimeFault(
            `Unexpected EC2 error while attempting to Create Network Interface in subnet '${subnet}': InsufficientFreeAddressesInSubnet`,
          )
        set({ engineState: { ...task().engineState, address } })
      }
      const ports = await runtime.prepare(taskSpec(ecsState, task()), signal, () =>
        set(interfaceChange(taskRun, 'CREATED')),
      )
      set(interfaceChange(taskRun, 'ATTACHED'))
      set({
        lastStatus: 'PENDING',
        engineState: { ...task().engineState, ...(ports.size > 0 && { ports: Object.fromEntries(ports) }) },
        ...pullStart(task(), clock.now()),
      })
    },

    async PENDING(taskRun) {
      const { ecsState, task, set, signal } = taskRun
      if (task().desiredStatus === 'STOPPED') return set(stopChange(task()))
      const spec = taskSpec(ecsState, task())
      if (task().pullStoppedAt === undefined) {
        const names = spec.containers.map(({ name = '' }) => name)
        const digestChange = (name: string, digest: string | undefined) =>
          digest ? withDigests(task(), new Map([[name, digest]])) : undefined
        const pull = (name: string) => runtime.pull(spec, name, signal, ({ digest }) => set(digestChange(name, digest)))
        const digests = await Promise.all(names.map((name) => awaitContainerWork(taskRun, name, pull(name))))
        set(pullEnd(task(), new Map(names.map((name, i) => [name, digests[i]?.digest])), clock.now()))
        return recordRevisionDigests(ecsState, task())
      }
      applyObservation(taskRun, await runtime.wait(spec, undefined, signal))
      const since = (task().pullStoppedAt ?? 0) * 1000
      const plan = startPlan(spec.containers, new Map(Object.entries(task().engineState.observed)), since, clock.now())
      if (plan.failed) throw new RuntimeFault(dependencyNotMet)
      if (plan.complete) return set({ lastStatus: 'ACTIVATING' })
      if (endedEssentialContainer(task(), spec.containers))
        return set({ ...stopWithCause(task(), stopCauses.essentialExited(), clock.now()), ...stopChange(task()) })
      if (plan.ready.length > 0) {
        await Promise.all(
          plan.ready.map((name) => awaitContainerWork(taskRun, name, runtime.start(spec, name, signal))),
        )
        return
      }
      await waitUntil(clock, plan.until, signal, (until) => runtime.wait(spec, taskRun.revision, until))
    },

    async ACTIVATING({ task, set }) {
      if (task().desiredStatus === 'STOPPED') return set(stopChange(task()))
      set({ lastStatus: 'RUNNING', startedAt: epochSeconds(clock.now()) })
    },

    async RUNNING(taskRun) {
      const { ecsState, task, set, signal } = taskRun
      if (task().desiredStatus === 'STOPPED') return set({ lastStatus: 'DEACTIVATING' })
      const spec = taskSpec(ecsState, task())
      // A container may already have ended before this step.
      if (endedEssentialContainer(task(), spec.containers))
        return set({ lastStatus: 'DEACTIVATING', ...stopWithCause(task(), stopCauses.essentialExited(), clock.now()) })
      applyObservation(taskRun, await runtime.wait(spec, taskRun.revision, signal))
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
      applyObservation(taskRun, await runtime.wait(spec, undefined, new AbortController().signal))
      set({
        lastStatus: 'DEPROVISIONING',
        executionStoppedAt: epochSeconds(executionEnd(task(), clock.now())),
        ...allContainersStopped(task()),
      })
    },

    async DEPROVISIONING({ ecsState, task, set }) {
      set(detachmentStart(task()))
      if (task().engineState.address) await runtime.remove(taskSpec(ecsState, task()))
      const stoppedAt = task().stoppedAt ?? epochSeconds(clock.now())
      set({
        lastStatus: 'STOPPED',
        stoppedAt,
        ...allContainersStopped(task()),
        ...detachmentEnd({ ...task(), stoppedAt }),
      })
    },
  }

  function applyObservation(taskRun: TaskRun, observation: Awaited<ReturnType<Runtime['wait']>>): void {
    taskRun.revision = observation.revision
    taskRun.set(withObservation(taskRun.task(), containersOf(taskRun.ecsState, taskRun.task()), observation))
  }

  function interfaceChange(
    { ecsState, task }: TaskRun,
    status: 'CREATED' | 'ATTACHED',
  ): ReturnType<typeof attachmentChange> {
    return attachmentChange(task(), status, { address: task().engineState.address ?? '', region: ecsState.region })
  }

  /**
   * The change with which a task begins to stop. Once a pull has started, containers are stopped first; a task without
   * one has stopped already (as recorded from ECS).
   */
  function stopChange(task: TaskRecord): Parameters<typeof withChange>[1] {
    const now = epochSeconds(clock.now())
    if (task.pullStartedAt === undefined)
      return { lastStatus: 'DEPROVISIONING', stoppedAt: now, ...allContainersStopped(task) }
    return { lastStatus: 'STOPPING', pullStoppedAt: task.pullStoppedAt ?? now }
  }

  /**
   * Awaits work for one container. A fault of the runtime becomes the container's reason, unless it concerns the task's
   * resources.
   */
  async function awaitContainerWork<T>({ task, set }: TaskRun, name: string, work: Promise<T>): Promise<T> {
    try {
      return await work
    } catch (error) {
      if (error instanceof RuntimeFault && !isResourceFault(error))
        set(withContainerReason(task(), name, error.message))
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
        const task = withChange(taskOf(ecsState, arn), change)
        ecsState.tasks.set(arn, task)
        onChange(ecsState, task)
      },
    }
    for (let failures = 0; ; ) {
      // The next step begins only when the state is durable. If the disk cannot be written, the task continues from
      // memory; the storage retries on its own.
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

  /** Before the task runs, a fault stops it; later the step is retried. */
  async function onStepFailed(taskRun: TaskRun, error: unknown, failures: number): Promise<void> {
    const { task, set } = taskRun
    if (!(error instanceof RuntimeFault)) onUnexpectedError(error)
    const reason =
      error instanceof RuntimeFault ? error.message : 'InternalError: Unexpected error while starting the task'
    const { lastStatus } = task()
    if (isResourceFault(error) && (lastStatus === 'PROVISIONING' || lastStatus === 'PENDING')) {
      // ECS detects missing resources in PENDING, with the network attached and before the pull.
      if (lastStatus === 'PROVISIONING') {
        set(interfaceChange(taskRun, 'ATTACHED'))
        set({ lastStatus: 'PENDING', ...pullStart(task(), clock.now()) })
      }
      set(withoutDigests(task()))
    }
    if (lastStatus === 'PROVISIONING' || lastStatus === 'PENDING') {
      set({ ...stopWithCause(task(), stopCauses.failedToStart(reason), clock.now()), ...stopChange(task()) })
    } else await pause(Math.min(RETRY.maxMs, RETRY.firstMs * 2 ** Math.min(failures, 20)))
  }

  /** Stops the task's containers at once. Stops that wait for a stop timeout end too. */
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

  function startRun(ecsState: EcsState, arn: string): void {
    if (closed || taskRuns.has(arn)) return
    // Starts after the present turn: an action that throws in the end must not have started anything.
    const taskRun = Promise.resolve()
      .then(() => run(ecsState, arn))
      .catch(onUnexpectedError)
      .finally(() => {
        taskRuns.delete(arn)
        wakes.delete(arn)
      })
    taskRuns.set(arn, taskRun)
  }

  return {
    wake(ecsState, arn) {
      wakes.get(arn)?.abort()
      startRun(ecsState, arn)
    },

    async resume(ecsStates) {
      const liveTasks = ecsStates.flatMap((ecsState) =>
        ecsState.tasks.by('stopped', 'no').map((task) => ({ ecsState, task })),
      )
      const withAddress = liveTasks.filter(({ task }) => task.engineState.address)
      await runtime.adopt(
        withAddress.map(({ ecsState, task }) => ({
          task: taskSpec(ecsState, task),
          observed: new Map(Object.entries(task.engineState.observed)),
        })),
      )
      for (const { ecsState, task } of liveTasks) startRun(ecsState, task.taskArn)
    },

    async stopAll(ecsStates, withinMs) {
      const liveTasks = ecsStates.flatMap((ecsState) =>
        ecsState.tasks.by('stopped', 'no').map((task) => ({ ecsState, task })),
      )
      killAt = clock.now() + Math.max(0, withinMs - KILL_BEFORE_END_MS)
      const cancelKills = clock.at(killAt, () => {
        for (const liveTask of liveTasks) kill(liveTask).catch(onUnexpectedError)
      })
      for (const { ecsState, task } of liveTasks) {
        ecsState.tasks.set(task.taskArn, withChange(task, stopWithCause(task, stopCauses.engineClosing(), clock.now())))
        wakes.get(task.taskArn)?.abort()
        startRun(ecsState, task.taskArn)
      }
      const stopped = Promise.all(liveTasks.map(({ task }) => taskRuns.get(task.taskArn)))
      const { promise: timeout, resolve } = Promise.withResolvers<void>()
      const cancelTimeout = clock.at(clock.now() + withinMs, resolve)
      await Promise.race([stopped, timeout])
      cancelTimeout()
      cancelKills()
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
