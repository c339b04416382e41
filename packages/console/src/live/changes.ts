/**
 * Refetches queries when the account's change stream reports a change. Browsers open at most six connections to a host,
 * so all tabs share one stream: the tab that holds a Web Lock reads it and forwards the events. Plain http addresses
 * have no Web Locks: there each visible tab reads a stream of its own.
 */
import { useEffect } from 'react'
import { apiPath } from '../actions.ts'
import { showDoneToast } from '../parts/toast.tsx'
import { accountClient, connectionState, subscribeToStreamParts } from './client.ts'
import { hiddenTab } from './hidden-tab.ts'
import { changesSilenceMs, recordChangesEnd, recordChangesPart } from './last-received.ts'
import { markServiceDeleted, queryClient } from './queries.ts'

interface ChangedNames {
  account: string
  kind: 'cluster' | 'service' | 'task'
  cluster: string
  name: string
  isDeleted: boolean
}

/** From the tab that reads the stream to the other tabs: the stream has begun, a part has arrived, or a change. */
type TabMessage = 'stream-began' | 'part-arrived' | ChangedNames

/** How often the other tabs are informed that parts of the stream arrive. */
const heartbeatMs = 5_000

/** Events within this time refetch a query only once. */
const collectEventsMs = 300

/** A query rests three times as long as its last response took, because a list of thousands takes a second. */
const restPerResponseTime = 3

/** The keys of the queries to refetch, by the JSON of each key. */
const keysToRefetch = new Map<string, readonly unknown[]>()
/** The keys, as JSON, of the queries that were refetched a short time ago: they wait before the next refetch. */
const restingKeys = new Set<string>()
let isScheduled = false

function refetchSoon(...keys: readonly unknown[][]): void {
  for (const key of keys) keysToRefetch.set(JSON.stringify(key), key)
  scheduleRefetch()
}

function scheduleRefetch(): void {
  if (!isScheduled) setTimeout(refetchCollected, collectEventsMs)
  isScheduled = true
}

function refetchCollected(): void {
  isScheduled = false
  for (const [keyText, queryKey] of keysToRefetch) {
    if (restingKeys.has(keyText)) continue
    keysToRefetch.delete(keyText)
    restingKeys.add(keyText)
    void refetchAndRest(keyText, queryKey)
  }
}

async function refetchAndRest(keyText: string, queryKey: readonly unknown[]): Promise<void> {
  const began = performance.now()
  await queryClient.invalidateQueries({ queryKey }).catch(() => undefined)
  setTimeout(
    () => {
      restingKeys.delete(keyText)
      if (keysToRefetch.has(keyText)) scheduleRefetch()
    },
    restPerResponseTime * (performance.now() - began),
  )
}

function refetchAll(account: string): void {
  // A request in progress, such as for a long list, is not sent again.
  const options = { cancelRefetch: false }
  void queryClient.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] === account }, options)
}

function refetchQueriesAbout({ account, kind, cluster, name, isDeleted }: ChangedNames): void {
  switch (kind) {
    case 'cluster':
      refetchSoon([account, 'clusters'], [account, 'cluster', name])
      break
    case 'service':
      if (isDeleted) {
        markServiceDeleted(account, cluster, name)
        showDoneToast(`${account}/${cluster}/${name}`)
      } else refetchSoon([account, 'service', cluster, name])
      refetchSoon([account, 'services'], [account, 'cluster', cluster])
      break
    case 'task':
      // The event does not name the task's service, so all services of the cluster are refetched.
      refetchSoon([account, 'tasks'], [account, 'task', cluster, name], [account, 'service', cluster])
  }
}

/** Reads the change stream until it ends or is aborted. */
async function readChanges(
  account: string,
  signal: AbortSignal,
  forward: (message: TabMessage) => void,
): Promise<void> {
  for await (const event of accountClient(account).changes({ state: 'none', signal })) {
    // Changes before this event are not on the stream: the stream is new, or the gateway could not resume it.
    if (event.type === 'state') forward('stream-began')
    if (event.type !== 'change' && event.type !== 'deleted') continue
    const { item } = event
    const name = item.kind === 'task' ? item.id : item.name
    const cluster = item.kind === 'cluster' ? item.name : item.cluster
    forward({ account, kind: item.kind, cluster, name, isDeleted: event.type === 'deleted' })
  }
}

/** Refetches the data of an account whenever it changes, while the component is shown. */
export function useChanges(account: string | undefined): void {
  useEffect(() => {
    if (account === undefined) return
    const channel = new BroadcastChannel(`ecs-api.changes.${account}`)
    const onMessage = (message: TabMessage) => {
      recordChangesPart(account)
      if (message === 'stream-began') refetchAll(account)
      else if (message !== 'part-arrived') refetchQueriesAbout(message)
    }
    channel.onmessage = ({ data }: MessageEvent<TabMessage>) => onMessage(data)
    const forward = (message: TabMessage) => {
      onMessage(message)
      channel.postMessage(message)
    }
    const path = apiPath(account, 'changes')
    const unsubscribeFromParts = subscribeToStreamParts((each) => {
      if (each === path && changesSilenceMs(account) > heartbeatMs) forward('part-arrived')
    })
    let streamAbort: AbortController | undefined
    const run = async (signal: AbortSignal) => {
      while (!signal.aborted) {
        await readChanges(account, signal, forward).catch(() => undefined)
        recordChangesEnd(account)
        // The next stream may wait for this one's lock.
        if (signal.aborted) return
        await new Promise((resolve) => setTimeout(resolve, 2000))
      }
    }
    const start = () => {
      if (streamAbort) return
      streamAbort = new AbortController()
      const { signal } = streamAbort
      const lockedRun = navigator.locks
        ? navigator.locks.request(`ecs-api.changes.${account}`, { signal }, () => run(signal))
        : run(signal)
      lockedRun.catch(() => undefined)
    }
    const stop = () => {
      streamAbort?.abort()
      streamAbort = undefined
    }
    const startOrStop = () => (hiddenTab.isLongHidden() ? stop() : start())
    let wasLost = false
    const unsubscribe = connectionState.subscribe(() => {
      const isLost = connectionState.get().lostAt !== undefined
      // Restart at once: the client would otherwise wait before its next attempt.
      if (wasLost && !isLost && streamAbort) {
        stop()
        start()
      }
      wasLost = isLost
    })
    const unsubscribeFromHidden = hiddenTab.subscribe(startOrStop)
    startOrStop()
    return () => {
      unsubscribe()
      unsubscribeFromParts()
      unsubscribeFromHidden()
      stop()
      channel.close()
    }
  }, [account])
}
