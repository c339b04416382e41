/** The event history of services. */
import { type Clock, toEpochSeconds } from '../../clock.ts'
import type { Ids } from '../../ids.ts'
import type { EcsTables } from '../records/ecs-tables.ts'

/** ECS keeps the 100 newest events (API Reference, Service.events). */
const MAX_EVENTS = 100

/**
 * Adds events to the service's history. As on ECS, the time of each event is one millisecond after the event before it,
 * so that their order is visible.
 */
export function addEvents(
  { ecsTables, clock, ids }: { ecsTables: EcsTables; clock: Clock; ids: Ids },
  serviceArn: string,
  messages: readonly string[],
): void {
  if (messages.length === 0) return
  const eventsBefore = ecsTables.serviceEvents.get(serviceArn)?.events ?? []
  const firstTime = Math.max(clock.now(), Math.round((eventsBefore[0]?.createdAt ?? 0) * 1000) + 1)
  const newEvents = messages.map((message, i) => ({
    id: ids.uuid(),
    createdAt: toEpochSeconds(firstTime + i),
    message,
  }))
  ecsTables.serviceEvents.set(serviceArn, { events: [...newEvents.reverse(), ...eventsBefore].slice(0, MAX_EVENTS) })
}
