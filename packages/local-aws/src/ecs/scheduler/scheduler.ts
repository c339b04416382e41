/**
 * The service scheduler of the engine: reconciles services by applying the actions that `decide` returns.
 *
 * The scheduler is level-triggered. Each change of a service or its tasks makes it read the service's whole state again,
 * so no decision depends on a particular event, and a lost event only costs time. While nothing changes, the only timers
 * are those that `decide` requested.
 */
import type { Clock } from '../../clock.ts'
import type { Ids } from '../../ids.ts'
import type { Runtime } from '../../runtimes/runtime.ts'
import type { Storage } from '../../storage/storage.ts'
import type { EcsState } from '../records/state.ts'
import type { TaskRecord } from '../records/task-record.ts'
import { type Lifecycle, lifecycle } from '../tasks/lifecycle.ts'
import { stoppedTasks } from '../tasks/stopped-tasks.ts'
import { apply } from './apply.ts'
import { decide } from './decide.ts'
import { phaseOf, serviceState, taskState } from './snapshot.ts'
import type { Timing } from './timing.ts'

export interface SchedulerDeps {
  clock: Clock
  ids: Ids
  runtime: Runtime
  storage: Pick<Storage, 'settled' | 'atomically'>
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
  reconcileSoon(ecsState: EcsState, serviceArn: string): void
  /** Wakes the run of a task that is new or whose desired status has changed. */
  wakeTask: Lifecycle['wake']
  /** Call once after a start: continues the task runs and services that were in progress. */
  resume(ecsStates: readonly EcsState[]): Promise<void>
  /** Stops all tasks and starts no others. Resolves when they have stopped, or after `withinMs`. */
  stopTasks(ecsStates: readonly EcsState[], withinMs: number): Promise<void>
  close(): Promise<void>
}

/** Services reconciled in one turn of the event loop, so that requests are not blocked. */
const SERVICES_PER_TURN = 50
/**
 * Milliseconds before a service whose reconciliation threw is tried again, so that a defect cannot keep the process
 * busy.
 */
const RETRY_AFTER_FAULT_MS = 5_000

export function scheduler({ clock, ids, runtime, storage, timing, onUnexpectedError }: SchedulerDeps): Scheduler {
  /** By service ARN. A service is in the map once, however often it has changed. */
  const servicesToReconcile = new Map<string, EcsState>()
  const timers = new Map<string, () => void>()
  const expiry = stoppedTasks(clock)
  /**
   * The last state of each task that has not stopped, by task ARN: its service is reconciled only when that state
   * changes.
   */
  const lastTaskStates = new Map<string, string>()
  let turn: NodeJS.Immediate | undefined
  let closed = false

  const taskRuns = lifecycle({ clock, runtime, storage, onUnexpectedError, onChange })

  function onChange(ecsState: EcsState, task: TaskRecord): void {
    const state = `${phaseOf(task)} ${task.desiredStatus} ${task.healthStatus}`
    const { service } = task.engineState
    if (service && lastTaskStates.get(task.taskArn) !== state) reconcileSoon(ecsState, service)
    if (task.lastStatus !== 'STOPPED') return void lastTaskStates.set(task.taskArn, state)
    lastTaskStates.delete(task.taskArn)
    expiry.add(ecsState, task)
  }

  function reconcileSoon(ecsState: EcsState, serviceArn: string): void {
    if (closed) return
    servicesToReconcile.set(serviceArn, ecsState)
    turn ??= setImmediate(reconcileBatch)
  }

  function reconcileBatch(): void {
    turn = undefined
    let reconciled = 0
    for (const [arn, ecsState] of servicesToReconcile) {
      if (++reconciled > SERVICES_PER_TURN) break
      servicesToReconcile.delete(arn)
      try {
        storage.atomically(() => reconcile(ecsState, arn))
      } catch (error) {
        onUnexpectedError(error)
        reconcileAt(ecsState, arn, clock.now() + RETRY_AFTER_FAULT_MS)
      }
    }
    if (servicesToReconcile.size > 0) turn ??= setImmediate(reconcileBatch)
  }

  function reconcile(ecsState: EcsState, arn: string): void {
    timers.get(arn)?.()
    timers.delete(arn)
    const service = ecsState.services.get(arn)
    if (!service || service.status === 'INACTIVE') return
    const states = ecsState.tasks.allBy('scheduledIn', arn).map((task) => taskState(ecsState, task))
    const actions = decide(serviceState(service, timing), states, clock.now())
    if (actions.length === 0) return
    const { tasksToWake, nextRunAt } = apply({ ecsState, clock, ids, runtime }, arn, actions)
    for (const task of tasksToWake) taskRuns.wake(ecsState, task)
    if (nextRunAt !== undefined)
      timers.set(
        arn,
        clock.at(nextRunAt, () => reconcileSoon(ecsState, arn)),
      )
    // The changes may allow further actions, so reconcile again until `decide` returns no more changes.
    if (actions.some((action) => action.do !== 'reconcile-again' && action.do !== 'event')) reconcileSoon(ecsState, arn)
  }

  function reconcileAt(ecsState: EcsState, arn: string, at: number): void {
    timers.get(arn)?.()
    timers.set(
      arn,
      clock.at(at, () => {
        timers.delete(arn)
        reconcileSoon(ecsState, arn)
      }),
    )
  }

  /** Ends the reconciliation of services. */
  function stopReconciling(): void {
    closed = true
    clearImmediate(turn)
    for (const cancel of timers.values()) cancel()
    timers.clear()
  }

  return {
    runtime,
    reconcileSoon,
    wakeTask: taskRuns.wake,

    async resume(ecsStates) {
      for (const ecsState of ecsStates)
        for (const task of ecsState.tasks.allBy('stopped', 'yes')) expiry.add(ecsState, task)
      await taskRuns.resume(ecsStates)
      for (const ecsState of ecsStates)
        for (const { serviceArn, status } of ecsState.services.values())
          if (status !== 'INACTIVE') reconcileSoon(ecsState, serviceArn)
    },

    async stopTasks(ecsStates, withinMs) {
      stopReconciling()
      await taskRuns.stopAll(ecsStates, withinMs)
    },

    async close() {
      stopReconciling()
      expiry.close()
      await taskRuns.close()
    },
  }
}
