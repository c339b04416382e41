/**
 * Looks at services and carries out what `decide` says. Level-triggered: whatever happens, the service concerned is looked at anew as a whole,
 * so no look depends on having seen an event, and a lost one costs nothing but time. Nothing ticks when nothing happens.
 */
import type { Clock } from '../../clock.ts'
import type { Ids } from '../../ids.ts'
import type { Runtime } from '../../runtimes/runtime.ts'
import type { Storage } from '../../storage/storage.ts'
import type { World } from '../records/state.ts'
import type { TaskRecord } from '../records/task-record.ts'
import { type Lifecycle, lifecycle } from '../tasks/lifecycle.ts'
import { stoppedTasks } from '../tasks/stopped-tasks.ts'
import { carryOut } from './apply.ts'
import { decide } from './decide.ts'
import { phaseOf, serviceState, taskState } from './snapshot.ts'
import type { Patience } from './timing.ts'

export interface SchedulerParts {
  clock: Clock
  ids: Ids
  runtime: Runtime
  storage: Pick<Storage, 'settled' | 'atomically'>
  patience: Patience
  /** Told of faults of the engine's own. */
  onFault: (error: unknown) => void
}

export interface Scheduler {
  /** The name of what runs the containers, as tasks show it. */
  readonly runtime: Pick<Runtime, 'name' | 'exec'>
  /** The service has changed: it is looked at soon. */
  lookAt(world: World, serviceArn: string): void
  /** The task is new, or something else is desired of it. */
  attend: Lifecycle['attend']
  /** Once, after a start: all that was going on goes on. */
  resume(worlds: readonly World[]): Promise<void>
  /** Stops all tasks, and starts none from now on. Resolves when they have stopped, or after that time. */
  stopTasks(worlds: readonly World[], withinMs: number): Promise<void>
  close(): Promise<void>
}

/** As many looks follow one another before others get their turn. */
const LOOKS_A_TURN = 50
/** A service whose look failed by a fault of ours must neither stand still for good nor keep the engine busy. */
const AFTER_FAULT_MS = 5_000

export function scheduler({ clock, ids, runtime, storage, patience, onFault }: SchedulerParts): Scheduler {
  /** Services to look at, by ARN: however often something happens to one, it is there once. */
  const waiting = new Map<string, World>()
  const timers = new Map<string, () => void>()
  const stopped = stoppedTasks(clock)
  /** What the service was last told of each task, to tell a change that matters from one that does not. */
  const told = new Map<string, string>()
  let turn: NodeJS.Immediate | undefined
  let closed = false

  const tasks = lifecycle({ clock, runtime, storage, onFault, onChange })

  function onChange(world: World, task: TaskRecord): void {
    const state = `${phaseOf(task)} ${task.desiredStatus} ${task.healthStatus}`
    const { service } = task.engine
    if (service && told.get(task.taskArn) !== state) lookAt(world, service)
    if (task.lastStatus !== 'STOPPED') return void told.set(task.taskArn, state)
    told.delete(task.taskArn)
    stopped.add(world, task)
  }

  function lookAt(world: World, serviceArn: string): void {
    if (closed) return
    waiting.set(serviceArn, world)
    turn ??= setImmediate(lookAtSome)
  }

  function lookAtSome(): void {
    turn = undefined
    let looks = 0
    for (const [arn, world] of waiting) {
      if (++looks > LOOKS_A_TURN) break
      waiting.delete(arn)
      try {
        storage.atomically(() => look(world, arn))
      } catch (error) {
        onFault(error)
        lookAgain(world, arn, clock.now() + AFTER_FAULT_MS)
      }
    }
    if (waiting.size > 0) turn ??= setImmediate(lookAtSome)
  }

  function look(world: World, arn: string): void {
    timers.get(arn)?.()
    timers.delete(arn)
    const service = world.services.get(arn)
    if (!service || service.status === 'INACTIVE') return
    const states = world.tasks.by('scheduledIn', arn).map((task) => taskState(world, task))
    const actions = decide(serviceState(service, patience), states, clock.now())
    if (actions.length === 0) return
    const { moved, lookAgainAt } = carryOut({ world, clock, ids, runtime }, arn, actions)
    for (const task of moved) tasks.attend(world, task)
    if (lookAgainAt !== undefined)
      timers.set(
        arn,
        clock.at(lookAgainAt, () => lookAt(world, arn)),
      )
    // What was changed may make more possible; a look that finds nothing to do is the last.
    if (actions.some((action) => action.do !== 'look-again' && action.do !== 'event')) lookAt(world, arn)
  }

  function lookAgain(world: World, arn: string, at: number): void {
    timers.get(arn)?.()
    timers.set(
      arn,
      clock.at(at, () => {
        timers.delete(arn)
        lookAt(world, arn)
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
    attend: tasks.attend,

    async resume(worlds) {
      for (const world of worlds) for (const task of world.tasks.by('life', 'over')) stopped.add(world, task)
      await tasks.resume(worlds)
      for (const world of worlds)
        for (const { serviceArn, status } of world.services.values())
          if (status !== 'INACTIVE') lookAt(world, serviceArn)
    },

    async stopTasks(worlds, withinMs) {
      rest()
      await tasks.stopAll(worlds, withinMs)
    },

    async close() {
      rest()
      stopped.close()
      await tasks.close()
    },
  }
}
