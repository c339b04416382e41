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

/** A query that took some time, such as a list of thousands, rests for this many times as long. */
const restFactor = 3

/** The keys of the queries that are to ask again, by their text. */
const waiting = new Map<string, readonly unknown[]>()
/** The keys that were asked a short time ago, by their text, and are not asked again yet. */
const resting = new Set<string>()
let willAsk = false

function askAgain(...keys: readonly unknown[][]): void {
  for (const key of keys) waiting.set(JSON.stringify(key), key)
  askSoon()
}

function askSoon(): void {
  if (!willAsk) setTimeout(askWaiting, gatherMs)
  willAsk = true
}

function askWaiting(): void {
  willAsk = false
  for (const [text, queryKey] of waiting) {
    if (resting.has(text)) continue
    waiting.delete(text)
    resting.add(text)
    void askAndRest(text, queryKey)
  }
}

async function askAndRest(text: string, queryKey: readonly unknown[]): Promise<void> {
  const began = performance.now()
  await queryClient.invalidateQueries({ queryKey }).catch(() => undefined)
  setTimeout(
    () => {
      resting.delete(text)
      if (waiting.has(text)) askSoon()
    },
    restFactor * (performance.now() - began),
  )
}

function askForAll(account: string): void {
  void queryClient.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] === account })
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
  let hasBegun = false
  for await (const event of accountClient(account).changes({ state: 'none', signal })) {
    if (event.type === 'state') {
      // The gateway cannot resume: changes may have been missed.
      if (hasBegun) askForAll(account)
      hasBegun = true
    }
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
        if (!signal.aborted) askForAll(account)
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
