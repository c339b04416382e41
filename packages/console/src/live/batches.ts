/**
 * Batches: one change of each of several resources, sent a few at a time. A batch belongs to no page, so it goes on
 * when its dialog is closed or another page opens, and its results can be shown again. It is removed when all changes
 * have succeeded. It ends with the sign-out of its person, and waits while the gateway does not respond or the session
 * has to be renewed.
 */
import { newIdempotencyKey, type Plan, ProblemError } from '@ecs-api/client'
import { useSyncExternalStore } from 'react'
import type { ApiRequest } from '../actions.ts'
import { toast } from '../parts/toast.tsx'
import { client, connectionState } from './client.ts'
import { forEachWithLimit } from './for-each-with-limit.ts'
import { requestPlan } from './plan-request.ts'
import { queryClient } from './queries.ts'
import { session } from './session.ts'

export interface BatchChange {
  /** The name of the changed resource. */
  name: string
  request: ApiRequest
  /** The version of the resource that the plan was made for; undefined for a request without a plan. */
  configVersion: string | undefined
}

export interface BatchItem extends BatchChange {
  state: 'waiting' | 'sent' | 'done' | 'failed'
  /** Why the change failed; undefined for a failed one that was not sent. */
  error?: unknown
  /** The plan that was made because the resource had changed since the first one. */
  newPlan?: Plan | undefined
  /** A retry sends the same key again, unless the gateway has stored a rejection under it. */
  idempotencyKey: string
}

interface BatchOptions {
  account: string
  /** The name of the list whose page shows the batch, such as `prod services`. */
  listName: string
  title: string
  /** The state of a resource after its change, such as `being restarted`. */
  doneText: string
  /** Called with the names of the resources when all changes have succeeded. The batch is then removed. */
  onDone: (names: readonly string[]) => void
}

export interface Batch extends BatchOptions {
  id: number
  items: readonly BatchItem[]
}

let batches: readonly Batch[] = []
const listeners = new Set<() => void>()
let lastId = 0

const findBatch = (id: number) => batches.find((batch) => batch.id === id)

export const countItems = ({ items }: Batch, ...states: BatchItem['state'][]) =>
  items.filter(({ state }) => states.includes(state)).length

export const isRunning = (batch: Batch) => countItems(batch, 'waiting', 'sent') > 0

/** Such as `3 of 12 done, 1 failed`. */
export function progressOf(batch: Batch): string {
  const failedCount = countItems(batch, 'failed')
  return `${countItems(batch, 'done')} of ${batch.items.length} done${failedCount > 0 ? `, ${failedCount} failed` : ''}`
}

/** Makes the browser ask the person before it leaves the console while a batch runs. */
const askBeforeLeaving = (event: Event) => event.preventDefault()

function setBatches(next: readonly Batch[]): void {
  batches = next
  if (batches.some(isRunning)) addEventListener('beforeunload', askBeforeLeaving)
  else removeEventListener('beforeunload', askBeforeLeaving)
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

export const useBatches = () => useSyncExternalStore(subscribe, () => batches)

let dataVisibleTo = session.get().dataVisibleTo
session.subscribe(() => {
  if (session.get().dataVisibleTo !== dataVisibleTo && batches.length > 0) setBatches([])
  dataVisibleTo = session.get().dataVisibleTo
})

function changeItems(id: number, change: (item: BatchItem, i: number) => BatchItem): void {
  setBatches(batches.map((batch) => (batch.id === id ? { ...batch, items: batch.items.map(change) } : batch)))
}

const changeItem = (id: number, index: number, change: Partial<BatchItem>) =>
  changeItems(id, (item, i) => (i === index ? { ...item, ...change } : item))

/** @returns the id of the batch */
export function startBatch(options: BatchOptions, changes: readonly BatchChange[]): number {
  const id = ++lastId
  const items = changes.map(
    (change): BatchItem => ({
      ...change,
      state: 'waiting',
      idempotencyKey: newIdempotencyKey(),
    }),
  )
  setBatches([...batches, { ...options, id, items }])
  void run(id)
  return id
}

/** Sends the failed changes again. */
export function retryBatch(id: number): void {
  changeItems(id, (item) => (item.state === 'failed' ? itemToRetry(item) : item))
  void run(id)
}

/** Ends the changes that wait: they count as failed, without an error. */
export function cancelWaiting(id: number): void {
  changeItems(id, (item) => (item.state === 'waiting' ? { ...item, state: 'failed', error: undefined } : item))
}

export function removeBatch(id: number): void {
  setBatches(batches.filter((batch) => batch.id !== id))
}

/** The names of the lists whose page is open. The page shows the failures of its batches. */
export const openLists = new Set<string>()

function itemToRetry({ error, newPlan, ...item }: BatchItem): BatchItem {
  const isRejectionStored = error instanceof ProblemError && error.status >= 400 && error.status < 500
  return {
    ...item,
    state: 'waiting',
    configVersion: newPlan?.configVersion ?? item.configVersion,
    idempotencyKey: isRejectionStored ? newIdempotencyKey() : item.idempotencyKey,
  }
}

async function run(id: number): Promise<void> {
  const indexes = [...(findBatch(id)?.items.keys() ?? [])]
  await forEachWithLimit(indexes, async (index) => {
    await waitUntilSendable(id)
    const item = findBatch(id)?.items[index]
    if (item?.state === 'waiting') await send(id, index, item)
  })
  const batch = findBatch(id)
  if (!batch) return
  if (countItems(batch, 'done') === batch.items.length) {
    batch.onDone(batch.items.map(({ name }) => name))
    removeBatch(id)
  } else if (!openLists.has(batch.listName)) {
    toast(`${batch.title}: ${progressOf(batch)}.`)
  }
  void queryClient.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] === batch.account })
}

const isSendable = () => session.get().kind === 'signed-in' && connectionState.get().lostAt === undefined

/** Waits until requests can be sent, or until no change of the batch is waiting. */
async function waitUntilSendable(id: number): Promise<void> {
  const hasNothingToSend = () => {
    const batch = findBatch(id)
    return batch === undefined || countItems(batch, 'waiting') === 0
  }
  while (!isSendable() && !hasNothingToSend())
    await new Promise<void>((resolve) => {
      const unsubscribes = [session.subscribe, connectionState.subscribe, subscribe].map((each) =>
        each(() => {
          for (const unsubscribe of unsubscribes) unsubscribe()
          resolve()
        }),
      )
    })
}

async function send(id: number, index: number, { request, configVersion, idempotencyKey }: BatchItem): Promise<void> {
  const { method, path, body } = request
  changeItem(id, index, { state: 'sent' })
  try {
    await client.request(method, path, { body, idempotencyKey, headers: { 'if-match': configVersion } })
    changeItem(id, index, { state: 'done' })
  } catch (error) {
    const hasChanged = error instanceof ProblemError && error.status === 412
    const newPlan = hasChanged ? await requestPlan(request).catch(() => undefined) : undefined
    changeItem(id, index, { state: 'failed', error, newPlan })
  }
}
