/** The type of ECS's actions, and the context that each action gets. */
import type { Clock } from '../../clock.ts'
import type { Ids } from '../../ids.ts'
import type { Caller } from '../../protocol/exchange.ts'
import type { DelayedWork } from '../delayed-work.ts'
import type { ExecSessions } from '../exec/exec-sessions.ts'
import type { EcsTables, ReadView } from '../records/ecs-tables.ts'
import type { Scheduler } from '../scheduler/scheduler.ts'

/** The context of an action: the tables that it reads and changes, the caller, and the engine's parts. */
export interface ActionContext {
  /** The newest tables of the caller's account and Region. Writes, and the responses to them, use these tables. */
  ecsTables: EcsTables
  /**
   * The clusters, services and tasks that Describe and List show. They are as old as the consistency delay; without a
   * delay they are the newest.
   */
  readView: ReadView
  caller: Caller
  clock: Clock
  ids: Ids
  /** Reconciles each service and wakes each task that an action changes. */
  scheduler: Scheduler
  /** Runs work that AWS finishes after its response. */
  delayedWork: DelayedWork
  /** Starts the sessions of ExecuteCommand. */
  sessions: ExecSessions
}

/**
 * Actions by ECS's names. An action takes an input that has passed ECS's rules on the input alone, and returns ECS's
 * output. Both have the form of JSON on the wire.
 *
 * The storage rolls back the changes of an action that throws (AwsError). An action makes all its changes
 * synchronously, so that a crash stores either all of them or none.
 */
export type Actions = Record<string, (context: ActionContext, input: never) => object | Promise<object>>
