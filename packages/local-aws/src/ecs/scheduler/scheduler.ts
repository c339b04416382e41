/**
 * Looks at services and carries out what `decide` says. Level-triggered: whatever happens, the service concerned is looked at anew as a whole,
 * so no look depends on having seen an event, and a lost one costs nothing but time. Nothing ticks when nothing happens.
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
  /** Told of faults of the engine's own. */
  onFault: (error: unknown) => void
}

export interface Scheduler {
  /** The name of what runs the containers, as tasks show it. */
  readonly runtime: Pick<Runtime, 'name' | 'exec'>
  /** The service has changed: it is looked at soon. */
  lookAt(ecsState: EcsState, serviceArn: string): void
  /** The task is new, or something else is desired of it. */
  attend: Lifecycle['wake']
  /** Once, after a start: all that was going on goes on. */
  resume(ecsStates: readonly EcsState[]): Promise<void>
  /** Stops all tasks, and starts none from now on. Resolves when they have stopped, or after that time. */
  stopTasks(ecsStates: readonly EcsState[], withinMs: number): Promise<void>
  close(): Promise<void>
}

/** As many looks follow one another before others get their turn. */
const SERVICES_PER_TURN = 50
/** A service whose look failed by a fault of ours must neither stand still for good nor keep the engine busy. */
const AFTER_FAULT_MS = 5_000

export function scheduler({ clock, ids, runtime, storage, timing, onFault }: SchedulerDeps): Scheduler {
  /** Services to look at, by ARN: however often something happens to one, it is there once. */
  const waiting = new Map<string, EcsState>()
  const timers = new Map<string, () => void>()
  const stopped = stoppedTasks(clock)
  /** What the service was last told of each task, to tell a change that matters from one that does not. */
  const told = new Map<string, string>()
  let turn: NodeJS.Immediate | undefined
  let closed = false

  const tasks = lifecycle({ clock, runtime, storage, onFault, onChange })

  function onChange(ecsState: EcsState, task: TaskRecord): void {
    const state = `${phaseOf(task)} ${task.desiredStatus} ${task.healthStatus}`
    const { service } = task.engine
    if (service && told.get(task.taskArn) !== state) lookAt(ecsState, service)
    if (task.lastStatus !== 'STOPPED') return void told.set(task.taskArn, state)
    told.delete(task.taskArn)
    stopped.add(ecsState, task)
  }

  function lookAt(ecsState: EcsState, serviceArn: string): void {
    if (closed) return
    waiting.set(serviceArn, ecsState)
    turn ??= setImmediate(reconcileSome)
  }

  function reconcileSome(): void {
    turn = undefined
    let looks = 0
    for (const [arn, ecsState] of waiting) {
      if (++looks > SERVICES_PER_TURN) break
      waiting.delete(arn)
      try {
        storage.atomically(() => look(ecsState, arn))
      } catch (error) {
        onFault(error)
        lookAgain(ecsState, arn, clock.now() + AFTER_FAULT_MS)
      }
    }
    if (waiting.size > 0) turn ??= setImmediate(reconcileSome)
  }

  function look(ecsState: EcsState, arn: string): void {
    timers.get(arn)?.()
    timers.delete(arn)
    const service = ecsState.services.get(arn)
    if (!service || service.status === 'INACTIVE') return
    const states = ecsState.tasks.by('scheduledIn', arn).map((task) => taskState(ecsState, task))
    const actions = decide(serviceState(service, timing), states, clock.now())
    if (actions.length === 0) return
    const { moved, lookAgainAt } = apply({ ecsState, clock, ids, runtime }, arn, actions)
    for (const task of moved) tasks.wake(ecsState, task)
    if (lookAgainAt !== undefined)
      timers.set(
        arn,
        clock.at(lookAgainAt, () => lookAt(ecsState, arn)),
      )
    // What was changed may make more possible; a look that finds nothing to do is the last.
    if (actions.some((action) => action.do !== 'look-again' && action.do !== 'event')) lookAt(ecsState, arn)
  }

  function lookAgain(ecsState: EcsState, arn: string, at: number): void {
    timers.get(arn)?.()
    timers.set(
      arn,
      clock.at(at, () => {
        timers.delete(arn)
        lookAt(ecsState, arn)
      }),
    )
  }

  /** Services are not looked at any more. */
  function rest(): void {
    closed = true
    clearImmediate(turn)
    for (const callOff of timers.values()) callOff()
    timers.clear()
  }

  return {
    runtime,
    lookAt,
    attend: tasks.wake,

    async resume(ecsStates) {
      for (const ecsState of ecsStates)
        for (const task of ecsState.tasks.by('life', 'over')) stopped.add(ecsState, task)
      await tasks.resume(ecsStates)
      for (const ecsState of ecsStates)
        for (const { serviceArn, status } of ecsState.services.values())
          if (status !== 'INACTIVE') lookAt(ecsState, serviceArn)
    },

    async stopTasks(ecsStates, withinMs) {
      rest()
      await tasks.stopAll(ecsStates, withinMs)
    },

    async close() {
      rest()
      stopped.close()
      await tasks.close()
    },
  }
}
