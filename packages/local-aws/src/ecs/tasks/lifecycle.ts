/**
 * Task runs: for each task, one loop takes it from PROVISIONING to STOPPED, one state at a time and never back.
 *
 * Other code only changes the desired status of a task and wakes its run. Only the steps below change the status. Each
 * state is durable before the next step begins, so after a restart every task continues from its stored state.
 */
import { shortName } from '@ecs-api/ecs-model'
import type { Clock } from '../../clock.ts'
import { toEpochSeconds } from '../../clock.ts'
import { type Runtime, RuntimeFault } from '../../runtimes/runtime.ts'
import type { Storage } from '../../storage/storage.ts'
import type { EcsTables } from '../records/ecs-tables.ts'
import type { TaskRecord, TaskStatus } from '../records/task-record.ts'
import { startPlan, stopOrder } from './container-order.ts'
import { recordRevisionDigests } from './revision-digests.ts'
import { dependencyNotMetReason, isResourceFault, stopCauses } from './stop-reasons.ts'
import { takeAddress } from './subnets.ts'
import {
  allContainersStoppedChange,
  attachmentChange,
  detachmentEnd,
  detachmentStart,
  executionEndedAtMs,
  findEndedEssentialContainer,
  pullEnd,
  pullStart,
  stopWithCause,
  withChange,
  withContainerReason,
  withDigests,
  withObservation,
  withoutDigests,
} from './task-changes.ts'
import { containersWithOverrides, taskSpec } from './task-spec.ts'
import { waitWithDeadline } from './wait-with-deadline.ts'

export interface LifecycleDeps {
  clock: Clock
  runtime: Runtime
  storage: Pick<Storage, 'whenDurable'>
  /** Receives errors that are defects of the engine: neither ECS nor the runtime would report them. */
  onUnexpectedError: (error: unknown) => void
  /** Called after each change that may concern the task's service. */
  onChange: (ecsTables: EcsTables, task: TaskRecord) => void
}

export interface Lifecycle {
  /** Starts the task's run, or makes a run in progress read the desired status again. */
  wake(ecsTables: EcsTables, taskArn: string): void
  /** Call once after a start: every task that has not stopped continues. */
  resume(allEcsTables: readonly EcsTables[]): Promise<void>
  /**
   * Stops all tasks. Containers still running shortly before `withinMs` are killed. Resolves when all tasks have
   * stopped, or after `withinMs`.
   */
  stopAll(allEcsTables: readonly EcsTables[], withinMs: number): Promise<void>
  close(): Promise<void>
}

/** Takes the task to its next status. A step that resolves before the next status is reached is repeated. */
type Step = (taskRun: TaskRun) => Promise<void>

/** The run of one task, with the functions that its steps need. */
interface TaskRun {
  ecsTables: EcsTables
  arn: string
  /** Aborts when the task's desired status has changed. */
  signal: AbortSignal
  /** The number of the runtime's last observation that was applied. */
  observationNumber: number | undefined
  task(): TaskRecord
  /** Stores the task with the change, and calls `onChange`. */
  applyChange(change: Parameters<typeof withChange>[1] | undefined): void
}

const DEFAULT_STOP_TIMEOUT_S = 30
/** `stopAll` kills the remaining containers this long before its deadline, whatever their stop timeout. */
const KILL_BEFORE_DEADLINE_MS = 2_500
/**
 * Delays between retries when the runtime fails to stop or to clean up a task. Each delay is twice as long as the one
 * before.
 */
const RETRY = { firstMs: 500, maxMs: 60_000 }

export function createLifecycle({ clock, runtime, storage, onUnexpectedError, onChange }: LifecycleDeps): Lifecycle {
  /** By task ARN: aborts the present step of the task's run. */
  const stepAborts = new Map<string, AbortController>()
  /** By task ARN: resolves when the task's run has ended. */
  const runEnds = new Map<string, Promise<void>>()
  let closed = false
  /** When containers are killed because the engine closes. Milliseconds since 1970. */
  let killAt = Number.POSITIVE_INFINITY

  const steps: Record<Exclude<TaskStatus, 'STOPPED'>, Step> = {
    async PROVISIONING(taskRun) {
      const { ecsTables, task, applyChange, signal } = taskRun
      if (task().desiredStatus === 'STOPPED') return applyChange(stopChange(task()))
      if (!task().internal.address) {
        const { subnet } = task().internal
        const address = takeAddress(ecsTables, subnet)
        if (!address)
          throw new RuntimeFault(
            `Unexpected EC2 error while attempting to Create Network Interface in subnet '${subnet}': InsufficientFreeAddressesInSubnet`,
          )
        applyChange({ internal: { ...task().internal, address } })
      }
      const ports = await runtime.prepare(taskSpec(ecsTables, task()), signal, () =>
        applyChange(networkInterfaceChange(taskRun, 'CREATED')),
      )
      applyChange(networkInterfaceChange(taskRun, 'ATTACHED'))
      applyChange({
        lastStatus: 'PENDING',
        internal: { ...task().internal, ...(ports.size > 0 && { ports: Object.fromEntries(ports) }) },
        ...pullStart(task(), clock.now()),
      })
    },

    async PENDING(taskRun) {
      const { ecsTables, task, applyChange, signal } = taskRun
      if (task().desiredStatus === 'STOPPED') return applyChange(stopChange(task()))
      const spec = taskSpec(ecsTables, task())
      if (task().pullStoppedAt === undefined) {
        const names = spec.containers.map(({ name = '' }) => name)
        const digestChange = (name: string, digest: string | undefined) =>
          digest ? withDigests(task(), new Map([[name, digest]])) : undefined
        const pull = (name: string) =>
          runtime.pull(spec, name, signal, ({ digest }) => applyChange(digestChange(name, digest)))
        const digests = await Promise.all(names.map((name) => awaitContainerWork(taskRun, name, pull(name))))
        applyChange(pullEnd(task(), new Map(names.map((name, i) => [name, digests[i]?.digest])), clock.now()))
        return recordRevisionDigests(ecsTables, task())
      }
      applyObservation(taskRun, await runtime.wait(spec, undefined, signal))
      const plan = startPlan(spec.containers, new Map(Object.entries(task().internal.observed)), clock.now())
      if (plan.hasFailedDependency) throw new RuntimeFault(dependencyNotMetReason)
      if (plan.isComplete) return applyChange({ lastStatus: 'ACTIVATING' })
      if (findEndedEssentialContainer(task(), spec.containers))
        return applyChange({
          ...stopWithCause(task(), stopCauses.essentialExited(), clock.now()),
          ...stopChange(task()),
        })
      if (plan.ready.length > 0) {
        await Promise.all(
          plan.ready.map((name) => awaitContainerWork(taskRun, name, runtime.start(spec, name, signal))),
        )
        return
      }
      await waitWithDeadline(clock, plan.nextTimeoutAt, signal, (until) =>
        runtime.wait(spec, taskRun.observationNumber, until),
      )
    },

    async ACTIVATING({ task, applyChange }) {
      if (task().desiredStatus === 'STOPPED') return applyChange(stopChange(task()))
      applyChange({ lastStatus: 'RUNNING', startedAt: toEpochSeconds(clock.now()) })
    },

    async RUNNING(taskRun) {
      const { ecsTables, task, applyChange, signal } = taskRun
      if (task().desiredStatus === 'STOPPED') return applyChange({ lastStatus: 'DEACTIVATING' })
      const spec = taskSpec(ecsTables, task())
      // A container may already have ended before this step.
      if (findEndedEssentialContainer(task(), spec.containers))
        return applyChange({
          lastStatus: 'DEACTIVATING',
          ...stopWithCause(task(), stopCauses.essentialExited(), clock.now()),
        })
      applyObservation(taskRun, await runtime.wait(spec, taskRun.observationNumber, signal))
    },

    async DEACTIVATING({ applyChange }) {
      applyChange({ lastStatus: 'STOPPING' })
    },

    async STOPPING(taskRun) {
      const { ecsTables, task, applyChange } = taskRun
      const spec = taskSpec(ecsTables, task())
      const graceMs = (name: string) => {
        const { stopTimeout = DEFAULT_STOP_TIMEOUT_S } =
          spec.containers.find((container) => container.name === name) ?? {}
        return Math.max(0, Math.min(stopTimeout * 1000, killAt - clock.now()))
      }
      for (const round of stopOrder(spec.containers))
        await Promise.all(round.map((name) => runtime.stop(spec, name, graceMs(name))))
      applyObservation(taskRun, await runtime.wait(spec, undefined, new AbortController().signal))
      applyChange({
        lastStatus: 'DEPROVISIONING',
        executionStoppedAt: toEpochSeconds(executionEndedAtMs(task(), clock.now())),
        ...allContainersStoppedChange(task()),
      })
    },

    async DEPROVISIONING({ ecsTables, task, applyChange }) {
      applyChange(detachmentStart(task()))
      if (task().internal.address) await runtime.remove(taskSpec(ecsTables, task()))
      const stoppedAt = task().stoppedAt ?? toEpochSeconds(clock.now())
      applyChange({
        lastStatus: 'STOPPED',
        stoppedAt,
        ...allContainersStoppedChange(task()),
        ...detachmentEnd({ ...task(), stoppedAt }),
      })
    },
  }

  function applyObservation(taskRun: TaskRun, observation: Awaited<ReturnType<Runtime['wait']>>): void {
    taskRun.observationNumber = observation.revision
    taskRun.applyChange(
      withObservation(taskRun.task(), containersWithOverrides(taskRun.ecsTables, taskRun.task()), observation),
    )
  }

  function networkInterfaceChange(
    { ecsTables, task }: TaskRun,
    status: 'CREATED' | 'ATTACHED',
  ): ReturnType<typeof attachmentChange> {
    return attachmentChange(task(), status, { address: task().internal.address ?? '', region: ecsTables.region })
  }

  /**
   * The change with which a task begins to stop. Once a pull has started, the containers are stopped first. A task
   * without a pull has nothing to stop (as recorded from ECS).
   */
  function stopChange(task: TaskRecord): Parameters<typeof withChange>[1] {
    const now = toEpochSeconds(clock.now())
    if (task.pullStartedAt === undefined)
      return { lastStatus: 'DEPROVISIONING', stoppedAt: now, ...allContainersStoppedChange(task) }
    return { lastStatus: 'STOPPING', pullStoppedAt: task.pullStoppedAt ?? now }
  }

  /**
   * Awaits work for one container. The text of a runtime fault becomes the container's `reason`, unless the fault
   * concerns the task's resources.
   */
  async function awaitContainerWork<T>({ task, applyChange }: TaskRun, name: string, work: Promise<T>): Promise<T> {
    try {
      return await work
    } catch (error) {
      if (error instanceof RuntimeFault && !isResourceFault(error))
        applyChange(withContainerReason(task(), name, error.message))
      throw error
    }
  }

  async function run(ecsTables: EcsTables, arn: string): Promise<void> {
    const taskRun: TaskRun = {
      ecsTables,
      arn,
      signal: AbortSignal.abort(),
      observationNumber: undefined,
      task: () => taskOf(ecsTables, arn),
      applyChange(change) {
        if (!change || closed) return
        const task = withChange(taskOf(ecsTables, arn), change)
        ecsTables.tasks.set(arn, task)
        onChange(ecsTables, task)
      },
    }
    for (let failures = 0; ; ) {
      // The next step begins only when the state is durable. If the disk cannot be written, the task continues from
      // memory; the storage retries on its own.
      await storage.whenDurable().catch(() => {})
      const lastStatus = ecsTables.tasks.get(arn)?.lastStatus
      if (closed || lastStatus === undefined || lastStatus === 'STOPPED') return
      const stepAbort = new AbortController()
      stepAborts.set(arn, stepAbort)
      taskRun.signal = stepAbort.signal
      try {
        await steps[lastStatus](taskRun)
        failures = 0
      } catch (error) {
        if (closed) return
        if (!stepAbort.signal.aborted || error instanceof RuntimeFault) await onStepFailed(taskRun, error, ++failures)
      }
    }
  }

  /** A fault before the task runs stops the task. A later step is retried. */
  async function onStepFailed(taskRun: TaskRun, error: unknown, failures: number): Promise<void> {
    const { task, applyChange } = taskRun
    if (!(error instanceof RuntimeFault)) onUnexpectedError(error)
    const reason =
      error instanceof RuntimeFault ? error.message : 'InternalError: Unexpected error while starting the task'
    const { lastStatus } = task()
    if (isResourceFault(error) && (lastStatus === 'PROVISIONING' || lastStatus === 'PENDING')) {
      // ECS detects missing resources in PENDING, with the network attached and before the pull.
      if (lastStatus === 'PROVISIONING') {
        applyChange(networkInterfaceChange(taskRun, 'ATTACHED'))
        applyChange({ lastStatus: 'PENDING', ...pullStart(task(), clock.now()) })
      }
      applyChange(withoutDigests(task()))
    }
    if (lastStatus === 'PROVISIONING' || lastStatus === 'PENDING') {
      applyChange({ ...stopWithCause(task(), stopCauses.failedToStart(reason), clock.now()), ...stopChange(task()) })
    } else await delay(Math.min(RETRY.maxMs, RETRY.firstMs * 2 ** Math.min(failures, 20)))
  }

  /** Kills the task's containers, also those that are within their stop timeout. */
  async function killContainers({
    ecsTables,
    task: { taskArn },
  }: {
    ecsTables: EcsTables
    task: TaskRecord
  }): Promise<void> {
    const task = taskOf(ecsTables, taskArn)
    if (task.lastStatus !== 'STOPPING') return
    const spec = taskSpec(ecsTables, task)
    await Promise.all(spec.containers.map(({ name = '' }) => runtime.stop(spec, name, 0)))
  }

  function delay(ms: number): Promise<void> {
    return new Promise((resolve) => {
      clock.at(clock.now() + ms, resolve)
    })
  }

  function startRun(ecsTables: EcsTables, arn: string): void {
    if (closed || runEnds.has(arn)) return
    // The run starts in a later turn: an action that throws must not have started anything.
    const runEnd = Promise.resolve()
      .then(() => run(ecsTables, arn))
      .catch(onUnexpectedError)
      .finally(() => {
        runEnds.delete(arn)
        stepAborts.delete(arn)
      })
    runEnds.set(arn, runEnd)
  }

  return {
    wake(ecsTables, arn) {
      stepAborts.get(arn)?.abort()
      startRun(ecsTables, arn)
    },

    async resume(allEcsTables) {
      const liveTasks = allEcsTables.flatMap((ecsTables) =>
        ecsTables.tasks.allByIndex('stopped', 'no').map((task) => ({ ecsTables, task })),
      )
      const tasksWithAddress = liveTasks.filter(({ task }) => task.internal.address)
      await runtime.adopt(
        tasksWithAddress.map(({ ecsTables, task }) => ({
          task: taskSpec(ecsTables, task),
          observed: new Map(Object.entries(task.internal.observed)),
        })),
      )
      for (const { ecsTables, task } of liveTasks) startRun(ecsTables, task.taskArn)
    },

    async stopAll(allEcsTables, withinMs) {
      const liveTasks = allEcsTables.flatMap((ecsTables) =>
        ecsTables.tasks.allByIndex('stopped', 'no').map((task) => ({ ecsTables, task })),
      )
      killAt = clock.now() + Math.max(0, withinMs - KILL_BEFORE_DEADLINE_MS)
      const cancelKills = clock.at(killAt, () => {
        for (const liveTask of liveTasks) killContainers(liveTask).catch(onUnexpectedError)
      })
      for (const { ecsTables, task } of liveTasks) {
        ecsTables.tasks.set(
          task.taskArn,
          withChange(task, stopWithCause(task, stopCauses.engineClosing(), clock.now())),
        )
        stepAborts.get(task.taskArn)?.abort()
        startRun(ecsTables, task.taskArn)
      }
      const stopped = Promise.all(liveTasks.map(({ task }) => runEnds.get(task.taskArn)))
      const { promise: timeout, resolve } = Promise.withResolvers<void>()
      const cancelTimeout = clock.at(clock.now() + withinMs, resolve)
      await Promise.race([stopped, timeout])
      cancelTimeout()
      cancelKills()
    },

    async close() {
      closed = true
      for (const stepAbort of stepAborts.values()) stepAbort.abort()
      await runtime.close()
    },
  }
}

function taskOf(ecsTables: EcsTables, arn: string): TaskRecord {
  const task = ecsTables.tasks.get(arn)
  if (!task) throw new Error(`task ${shortName(arn)} is gone, though it has not stopped`)
  return task
}
