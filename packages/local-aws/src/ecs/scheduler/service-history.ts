import { type Clock, epochSeconds } from '../../clock.ts'
import type { Ids } from '../../ids.ts'
import type { EcsState } from '../records/state.ts'

/** ECS shows the 100 newest (API Reference, Service.events). */
const MAX_EVENTS = 100

/** Writes down what the service says of itself. Each a millisecond after the one before, as ECS's are, so that their order can be seen. */
export function addEvents(
  { ecsState, clock, ids }: { ecsState: EcsState; clock: Clock; ids: Ids },
  serviceArn: string,
  messages: readonly string[],
): void {
  if (messages.length === 0) return
  const events = ecsState.serviceEvents.get(serviceArn)?.events ?? []
  const first = Math.max(clock.now(), Math.round((events[0]?.createdAt ?? 0) * 1000) + 1)
  const added = messages.map((message, i) => ({ id: ids.uuid(), createdAt: epochSeconds(first + i), message }))
  ecsState.serviceEvents.set(serviceArn, { events: [...added.reverse(), ...events].slice(0, MAX_EVENTS) })
}
