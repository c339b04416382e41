/** The form of ECS's actions, and the context that each of them gets. */
import type { Clock } from '../../clock.ts'
import type { Ids } from '../../ids.ts'
import type { Caller } from '../../protocol/exchange.ts'
import type { DelayedWork } from '../background.ts'
import type { ExecSessions } from '../exec/exec-sessions.ts'
import type { EcsState, ReadView } from '../records/state.ts'
import type { Scheduler } from '../scheduler/scheduler.ts'

/** The input of an action besides the request: the state it reads and changes, the caller, and the engine's parts. */
export interface ActionContext {
  /** The newest state: the source of every write and of the response to it. */
  ecsState: EcsState
  /**
   * The state that Describe and List show of clusters, services and tasks. It is older by the consistency delay, if
   * there is one.
   */
  readView: ReadView
  caller: Caller
  clock: Clock
  ids: Ids
  /** Reconciles each service and wakes each task that an action changes. */
  scheduler: Scheduler
  /** Runs work that AWS finishes after its response. */
  background: DelayedWork
  /** Starts the sessions of ExecuteCommand. */
  sessions: ExecSessions
}

/**
 * A family of actions by ECS's names. Each takes an input that satisfies ECS's static rules and returns ECS's output,
 * both in wire form.
 *
 * The storage rolls back the changes of an action that throws (AwsError). An action makes all its changes
 * synchronously, so that a crash stores either all of them or none.
 */
export type Actions = Record<string, (context: ActionContext, input: never) => object | Promise<object>>
