/** Creates the receivers of ECS events. */
import { describeBeforeRemoval } from '../events/describe-before-removal.ts'
import { EventFeeds } from '../events/event-feeds.ts'
import type { CompositionContext, Parts } from './parts.ts'

/** Creates the receivers of ECS events. They receive nothing before `follow` is called. */
export function createEventFeeds(
  { metrics, programDeps }: CompositionContext,
  { cache, peers }: Pick<Parts, 'cache' | 'peers'>,
): EventFeeds {
  return new EventFeeds({
    onReceived: ({ name: account }, delayMs) => metrics.eventReceived({ account, delayMs }),
    onCounted: ({ name: account }, kind, count) => metrics.queueCounted({ account, kind, count }),
    onChange: (account, change) => cache.notifyChanged(account, change),
    onSoonRemoved: describeBeforeRemoval(),
    // SQS delivers a message to one process only. With several processes, no process receives every event.
    onArrivalChange: (account, eventsArrive) => cache.setEventsArrive(account, eventsArrive && !peers),
    onNotice: programDeps.onNotice,
  })
}
