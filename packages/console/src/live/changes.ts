/**
 * Change events of an account. Browsers open at most six connections to a host, so all tabs share one stream: the holder
 * of a Web Lock reads it and forwards the events. Plain http addresses have no Web Locks: there each visible tab reads
 * its own.
 *
 * An event only makes the queries that it concerns ask again; unchanged answers are 304.
 */
import { useEffect } from 'react'
import { accountClient, connectionState } from './client.ts'
import { queryClient } from './queries.ts'

interface ChangedNames {
  account: string
  kind: 'cluster' | 'service' | 'task'
  cluster: string
  name: string
}

/** Events within this time make a query ask once. */
const gatherMs = 300
/** A tab that is hidden for this time closes its stream. */
const hiddenMs = 30_000

/** The keys of the queries that are to ask again, by their text. */
const waiting = new Map<string, readonly unknown[]>()

function askAgain(...keys: readonly unknown[][]): void {
  if (waiting.size === 0) setTimeout(askWaiting, gatherMs)
  for (const key of keys) waiting.set(JSON.stringify(key), key)
}

function askWaiting(): void {
  const due = [...waiting.values()]
  waiting.clear()
  for (const queryKey of due) void queryClient.invalidateQueries({ queryKey })
}

function onChanged({ account, kind, cluster, name }: ChangedNames): void {
  switch (kind) {
    case 'cluster':
      askAgain([account, 'clusters'], [account, 'cluster', name])
      break
    case 'service':
      askAgain([account, 'services'], [account, 'service', cluster, name], [account, 'cluster', cluster])
      break
    case 'task':
      // A task of a service changes with it: its page asks for the service's tasks.
      askAgain([account, 'tasks'], [account, 'task', cluster, name], [account, 'service', cluster])
  }
}

/** Reads the stream until it is aborted. */
async function read(account: string, signal: AbortSignal, forward: (change: ChangedNames) => void): Promise<void> {
  for await (const event of accountClient(account).changes({ signal })) {
    if (event.type !== 'change' && event.type !== 'deleted') continue
    const { item } = event
    const name = item.kind === 'task' ? item.id : item.name
    forward({ account, kind: item.kind, cluster: item.kind === 'cluster' ? item.name : item.cluster, name })
  }
}

/** Keeps the pages of an account live while the component is shown. */
export function useChanges(account: string | undefined): void {
  useEffect(() => {
    if (account === undefined) return
    const channel = new BroadcastChannel(`ecs-api.changes.${account}`)
    channel.onmessage = ({ data }) => onChanged(data as ChangedNames)
    let aborting: AbortController | undefined
    let hiding: ReturnType<typeof setTimeout> | undefined
    const run = async (signal: AbortSignal) => {
      const forward = (change: ChangedNames) => {
        onChanged(change)
        channel.postMessage(change)
      }
      while (!signal.aborted) {
        await read(account, signal, forward).catch(() => undefined)
        // Changes may have been missed meanwhile.
        if (!signal.aborted)
          void queryClient.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] === account })
        await new Promise((resolve) => setTimeout(resolve, 2000))
      }
    }
    const start = () => {
      if (aborting) return
      aborting = new AbortController()
      const { signal } = aborting
      const done = navigator.locks
        ? navigator.locks.request(`ecs-api.changes.${account}`, { signal }, () => run(signal))
        : run(signal)
      done.catch(() => undefined)
    }
    const stop = () => {
      aborting?.abort()
      aborting = undefined
    }
    const onVisibility = () => {
      clearTimeout(hiding)
      if (document.hidden) hiding = setTimeout(stop, hiddenMs)
      else start()
    }
    let wasLost = false
    const unsubscribe = connectionState.subscribe(() => {
      const isLost = connectionState.get().lostAt !== undefined
      // The stream would wait for its next try.
      if (wasLost && !isLost && aborting) {
        stop()
        start()
      }
      wasLost = isLost
    })
    document.addEventListener('visibilitychange', onVisibility)
    start()
    return () => {
      unsubscribe()
      document.removeEventListener('visibilitychange', onVisibility)
      clearTimeout(hiding)
      stop()
      channel.close()
    }
  }, [account])
}
