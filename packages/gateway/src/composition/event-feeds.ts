/** Creates the receivers of ECS events. */
import { createDescriberBeforeRemoval } from '../events/describe-before-removal.ts'
import { EventFeeds } from '../events/event-feeds.ts'
import type { CompositionContext, Parts } from './parts.ts'

/** Creates the receivers of ECS events. They receive nothing before `startFeedsOf` is called. */
export function createEventFeeds(
  { metrics, programDeps }: CompositionContext,
  { cache, peerProcesses }: Pick<Parts, 'cache' | 'peerProcesses'>,
): EventFeeds {
  return new EventFeeds({
    onEventReceived: ({ name: account }, delayMs) => metrics.observeEcsEvent({ account, delayMs }),
    onCounterIncreased: ({ name: account }, kind, count) => metrics.increaseQueueCounter({ account, kind, count }),
    onResourcesChanged: (account, change) => cache.notifyChanged(account, change),
    onExpiringResource: createDescriberBeforeRemoval(),
    // SQS delivers a message to one process only. With several processes, no process receives every event.
    onArrivalChange: (account, eventsArrive) => cache.setEventsArrive(account, eventsArrive && !peerProcesses),
    onNotice: programDeps.onNotice,
  })
}
