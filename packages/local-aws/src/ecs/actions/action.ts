import type { Clock } from '../../clock.ts'
import type { Ids } from '../../ids.ts'
import type { Caller } from '../../protocol/exchange.ts'
import type { Background } from '../background.ts'
import type { ExecSessions } from '../exec/exec-sessions.ts'
import type { EcsState, VisibleState } from '../records/state.ts'
import type { Scheduler } from '../scheduler/scheduler.ts'

/** What an action of ECS works on, and with. */
export interface ActionContext {
  /** The newest state: what writes see, and what their own answers show. */
  ecsState: EcsState
  /** What Describe and List see of clusters, services and tasks: late by the consistency delay, when there is one. */
  seen: VisibleState
  caller: Caller
  clock: Clock
  ids: Ids
  /** Told of each service and task that an action changes. */
  scheduler: Scheduler
  /** Work that is finished later. */
  background: Background
  /** Where ExecuteCommand begins its sessions. */
  sessions: ExecSessions
}

/**
 * A family's actions by ECS's names for them. An input that satisfies ECS's static rules goes in, ECS's output comes out, both in wire form. An
 * action that throws (AwsError) has changed nothing: what it set is taken back. It sets all in one go, without waiting in between, so that a
 * crash can't leave half of it either.
 */
export type Actions = Record<string, (context: ActionContext, input: never) => object | Promise<object>>
