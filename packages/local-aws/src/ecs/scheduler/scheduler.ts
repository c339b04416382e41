/**
 * The service scheduler of the engine: reconciles services by applying the actions that `decideActions` returns.
 *
 * The scheduler is level-triggered. Each change of a service or its tasks makes it read the service's whole state
 * again, so no decision depends on a particular event, and a lost event only costs time. While nothing changes, the
 * only timers are those that `decideActions` requested.
 */
import type { Clock } from '../../clock.ts'
import type { Ids } from '../../ids.ts'
import type { Runtime } from '../../runtimes/runtime.ts'
import type { Storage } from '../../storage/storage.ts'
import type { EcsTables } from '../records/ecs-tables.ts'
import type { TaskRecord } from '../records/task-record.ts'
import { createLifecycle, type Lifecycle } from '../tasks/lifecycle.ts'
import { openStoppedTaskExpiry } from '../tasks/stopped-tasks.ts'
import { applyActions } from './apply.ts'
import { decideActions } from './decide.ts'
import { phaseOf, serviceState, taskState } from './snapshot.ts'
import type { Timing } from './timing.ts'

export interface SchedulerDeps {
  clock: Clock
  ids: Ids
  runtime: Runtime
  storage: Pick<Storage, 'whenDurable' | 'atomically'>
  timing: Timing
  /** Receives errors that are defects of the engine. */
  onUnexpectedError: (error: unknown) => void
}

export interface Scheduler {
  /** The runtime's name, which tasks show, and whether it can run commands (`exec`). */
  readonly runtime: Pick<Runtime, 'name' | 'exec'>
  /**
   * Reconciles the service in one of the next turns of the event loop. Call it after a change to the service or its
   * tasks.
   */
  reconcileSoon(ecsTables: EcsTables, serviceArn: string): void
  /** Continues the run of a task that is new or whose desired status has changed. */
  wakeTask: Lifecycle['wake']
  /** Call once after a start: continues the task runs and services that were in progress. */
  resume(allEcsTables: readonly EcsTables[]): Promise<void>
  /** Stops all tasks and starts no others. Resolves when they have stopped, or after `withinMs`. */
  stopTasks(allEcsTables: readonly EcsTables[], withinMs: number): Promise<void>
  close(): Promise<void>
}

/** Services reconciled in one turn of the event loop, so that requests are not blocked. */
const SERVICES_PER_TURN = 50
/** The delay before a failed reconciliation is repeated, so that a defect cannot keep the process busy. */
const RETRY_AFTER_FAULT_MS = 5_000

export function createScheduler({ clock, ids, runtime, storage, timing, onUnexpectedError }: SchedulerDeps): Scheduler {
  /** By service ARN. A service is in the map once, however often it has changed. */
  const servicesToReconcile = new Map<string, EcsTables>()
  const timers = new Map<string, () => void>()
  const stoppedTaskExpiry = openStoppedTaskExpiry(clock)
  /**
   * By task ARN, for each task that has not stopped: its phase, desired status and health. When they change, its
   * service is reconciled.
   */
  const lastTaskStates = new Map<string, string>()
  let nextBatch: NodeJS.Immediate | undefined
  let closed = false

  const taskRuns = createLifecycle({ clock, runtime, storage, onUnexpectedError, onChange })

  function onChange(ecsTables: EcsTables, task: TaskRecord): void {
    const state = `${phaseOf(task)} ${task.desiredStatus} ${task.healthStatus}`
    const { service } = task.internal
    if (service && lastTaskStates.get(task.taskArn) !== state) reconcileSoon(ecsTables, service)
    if (task.lastStatus !== 'STOPPED') return void lastTaskStates.set(task.taskArn, state)
    lastTaskStates.delete(task.taskArn)
    stoppedTaskExpiry.deleteLater(ecsTables, task)
  }

  function reconcileSoon(ecsTables: EcsTables, serviceArn: string): void {
    if (closed) return
    servicesToReconcile.set(serviceArn, ecsTables)
    nextBatch ??= setImmediate(reconcileBatch)
  }

  function reconcileBatch(): void {
    nextBatch = undefined
    let reconciled = 0
    for (const [arn, ecsTables] of servicesToReconcile) {
      if (++reconciled > SERVICES_PER_TURN) break
      servicesToReconcile.delete(arn)
      try {
        storage.atomically(() => reconcile(ecsTables, arn))
      } catch (error) {
        onUnexpectedError(error)
        reconcileAt(ecsTables, arn, clock.now() + RETRY_AFTER_FAULT_MS)
      }
    }
    if (servicesToReconcile.size > 0) nextBatch ??= setImmediate(reconcileBatch)
  }

  function reconcile(ecsTables: EcsTables, arn: string): void {
    timers.get(arn)?.()
    timers.delete(arn)
    const service = ecsTables.services.get(arn)
    if (!service || service.status === 'INACTIVE') return
    const states = ecsTables.tasks.allByIndex('scheduledIn', arn).map((task) => taskState(ecsTables, task))
    const actions = decideActions(serviceState(service, timing), states, clock.now())
    if (actions.length === 0) return
    const { tasksToWake, nextRunAt } = applyActions({ ecsTables, clock, ids, runtime }, arn, actions)
    for (const task of tasksToWake) taskRuns.wake(ecsTables, task)
    if (nextRunAt !== undefined)
      timers.set(
        arn,
        clock.at(nextRunAt, () => reconcileSoon(ecsTables, arn)),
      )
    // The changes may allow further actions, so reconcile again until `decideActions` returns no more changes.
    if (actions.some((action) => action.do !== 'reconcile-again' && action.do !== 'event'))
      reconcileSoon(ecsTables, arn)
  }

  function reconcileAt(ecsTables: EcsTables, arn: string, at: number): void {
    timers.get(arn)?.()
    timers.set(
      arn,
      clock.at(at, () => {
        timers.delete(arn)
        reconcileSoon(ecsTables, arn)
      }),
    )
  }

  /** Ends the reconciliation of services. */
  function stopReconciling(): void {
    closed = true
    clearImmediate(nextBatch)
    for (const cancel of timers.values()) cancel()
    timers.clear()
  }

  return {
    runtime,
    reconcileSoon,
    wakeTask: taskRuns.wake,

    async resume(allEcsTables) {
      for (const ecsTables of allEcsTables)
        for (const task of ecsTables.tasks.allByIndex('stopped', 'yes')) stoppedTaskExpiry.deleteLater(ecsTables, task)
      await taskRuns.resume(allEcsTables)
      for (const ecsTables of allEcsTables)
        for (const { serviceArn, status } of ecsTables.services.values())
          if (status !== 'INACTIVE') reconcileSoon(ecsTables, serviceArn)
    },

    async stopTasks(allEcsTables, withinMs) {
      stopReconciling()
      await taskRuns.stopAll(allEcsTables, withinMs)
    },

    async close() {
      stopReconciling()
      stoppedTaskExpiry.close()
      await taskRuns.close()
    },
  }
}
