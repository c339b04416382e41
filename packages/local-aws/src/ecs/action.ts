import type { Wire } from '@ecs-api/ecs-model'
import type { Clock } from '../clock.ts'
import type { Ids } from '../ids.ts'
import type { Caller } from '../protocol/exchange.ts'
import type { Scheduler } from './scheduler.ts'
import type { Seen, World } from './world.ts'

/** What an action of ECS works on, and with. */
export interface ActionContext {
  /** The newest state: what writes see, and what their own answers show. */
  world: World
  /** What Describe and List see of clusters, services and tasks: late by the consistency delay, when there is one. */
  seen: Seen
  caller: Caller
  clock: Clock
  ids: Ids
  /** Told of each service and task that an action changes. */
  scheduler: Scheduler
}

/**
 * An action of ECS: an input that satisfies ECS's static rules goes in, ECS's output comes out, in wire form; throws AwsError. It sets all that it
 * changes in one go, without waiting in between, so that a crash can't leave half of it.
 */
export type Action<Input, Output> = (context: ActionContext, input: Wire<Input>) => Wire<Output> | Promise<Wire<Output>>

/** A family's actions by ECS's names for them. */
export type Actions = Record<string, (context: ActionContext, input: never) => object | Promise<object>>
