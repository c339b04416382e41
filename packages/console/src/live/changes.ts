/**
 * Change events of an account. Browsers open at most six connections to a host, so all tabs share one stream: the holder
 * of a Web Lock reads it and forwards the events. Plain http addresses have no Web Locks: there each visible tab reads
 * its own.
 *
 * An event only makes the queries that it concerns ask again; unchanged answers are 304.
 */
import { useEffect } from 'react'
import { apiPath } from '../actions.ts'
import { accountClient, connectionState, subscribeToParts } from './client.ts'
import { changesSilentMs, endedChanges, heardChanges } from './heard.ts'
import { queryClient } from './queries.ts'

interface ChangedNames {
  account: string
  kind: 'cluster' | 'service' | 'task'
  cluster: string
  name: string
}

/** To the tabs: the stream has begun, something was heard on it, or a change. */
type Message = 'began' | 'heard' | ChangedNames

/** How often other tabs are told that something was heard. */
const tellEveryMs = 5_000

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
  // A long list on a slow network is not asked for twice.
  const options = { cancelRefetch: false }
  void queryClient.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] === account }, options)
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
async function read(account: string, signal: AbortSignal, forward: (message: Message) => void): Promise<void> {
  for await (const event of accountClient(account).changes({ state: 'none', signal })) {
    // Changes before it are not on the stream, or were missed when the gateway cannot resume.
    if (event.type === 'state') forward('began')
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
    const onMessage = (message: Message) => {
      heardChanges(account)
      if (message === 'began') askForAll(account)
      else if (message !== 'heard') onChanged(message)
    }
    channel.onmessage = ({ data }: MessageEvent<Message>) => onMessage(data)
    const forward = (message: Message) => {
      onMessage(message)
      channel.postMessage(message)
    }
    const path = apiPath(account, 'changes')
    const unsubscribeFromParts = subscribeToParts((each) => {
      if (each === path && changesSilentMs(account) > tellEveryMs) forward('heard')
    })
    let aborting: AbortController | undefined
    let hiding: ReturnType<typeof setTimeout> | undefined
    const run = async (signal: AbortSignal) => {
      while (!signal.aborted) {
        await read(account, signal, forward).catch(() => undefined)
        endedChanges(account)
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
      unsubscribeFromParts()
      document.removeEventListener('visibilitychange', onVisibility)
      clearTimeout(hiding)
      stop()
      channel.close()
    }
  }, [account])
}
