/**
 * Deletions of clusters: first the services, then, as soon as their tasks have stopped, the cluster itself. A deletion
 * belongs to no page, so it goes on when its dialog is closed. It ends with the sign-out of its person.
 */
import { ProblemError } from '@ecs-api/client'
import { useSyncExternalStore } from 'react'
import { apiPath } from '../actions.ts'
import { toast } from '../parts/toast.tsx'
import { type BatchChange, startBatch } from './batches.ts'
import { accountClient, client } from './client.ts'
import { queryClient } from './queries.ts'
import { session } from './session.ts'

export interface ClusterDeletion {
  account: string
  cluster: string
  /** The deletions of the services; undefined for a cluster without services. */
  batchId: number | undefined
  /** Whether the services are deleted. */
  isWaitingForTasks: boolean
  /** Why the cluster cannot be deleted yet. */
  reason?: string
  /** Why the cluster was not deleted. */
  error?: unknown
  abortController: AbortController
}

let deletions: readonly ClusterDeletion[] = []
const listeners = new Set<() => void>()
const askBeforeLeaving = (event: Event) => event.preventDefault()

function setDeletions(next: readonly ClusterDeletion[]): void {
  deletions = next
  // The batch that deletes the services asks by itself.
  if (deletions.some((each) => each.isWaitingForTasks && each.error === undefined))
    addEventListener('beforeunload', askBeforeLeaving)
  else removeEventListener('beforeunload', askBeforeLeaving)
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

const isOf = (account: string, cluster: string) => (each: ClusterDeletion) =>
  each.account === account && each.cluster === cluster

export const useClusterDeletion = (account: string, cluster: string) =>
  useSyncExternalStore(subscribe, () => deletions).find(isOf(account, cluster))

let dataVisibleTo = session.get().dataVisibleTo
session.subscribe(() => {
  if (session.get().dataVisibleTo !== dataVisibleTo)
    for (const { account, cluster } of deletions) cancelClusterDeletion(account, cluster)
  dataVisibleTo = session.get().dataVisibleTo
})

/** Sends nothing more. Services whose deletion was sent are still deleted. */
export function cancelClusterDeletion(account: string, cluster: string): void {
  deletions.find(isOf(account, cluster))?.abortController.abort()
  setDeletions(deletions.filter((each) => !isOf(account, cluster)(each)))
}

/** Deletes the cluster after the given deletions of its services. */
export function startClusterDeletion(account: string, cluster: string, services: readonly BatchChange[]): void {
  cancelClusterDeletion(account, cluster)
  const abortController = new AbortController()
  const { signal } = abortController
  const change = (members: Partial<ClusterDeletion>) =>
    setDeletions(deletions.map((each) => (each.abortController === abortController ? { ...each, ...members } : each)))
  const deleteCluster = async () => {
    if (signal.aborted) return
    change({ isWaitingForTasks: true })
    try {
      await deleteClusterWhenEmpty(account, cluster, { signal, onWaiting: (reason) => change({ reason }) })
      cancelClusterDeletion(account, cluster)
      toast(`The cluster ${cluster} was deleted.`, { isOfAnyPage: true })
      void queryClient.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] === account })
    } catch (error) {
      if (signal.aborted) return
      change({ error })
      // The dialog may be closed. Opened again, it shows the error.
      toast(`The cluster ${cluster} was not deleted.`, { isOfAnyPage: true })
    }
  }
  const batchId =
    services.length === 0
      ? undefined
      : startBatch(
          {
            account,
            listName: `${account} services`,
            title: `Delete the services of ${cluster}`,
            doneText: 'being deleted',
            onDone: () => void deleteCluster(),
          },
          services,
        )
  setDeletions([...deletions, { account, cluster, batchId, isWaitingForTasks: false, abortController }])
  if (batchId === undefined) void deleteCluster()
}

const pollMs = 2_000

/** Whether the gateway rejected the deletion for now only: it becomes possible when tasks or services have stopped. */
export const isRetryableRejection = (error: unknown): error is ProblemError =>
  error instanceof ProblemError && 'retryable' in error.problem && error.problem.retryable === true

/**
 * Resolves when the cluster was deleted. Each rejected deletion is an entry of the audit log, so after a rejection the
 * deletion is sent again only when the cluster has no tasks.
 * @param onWaiting called with the reason why the cluster cannot be deleted yet
 * @throws ProblemError for a rejection that is not retryable, and the reason of the signal
 */
async function deleteClusterWhenEmpty(
  account: string,
  cluster: string,
  { signal, onWaiting }: { signal: AbortSignal; onWaiting: (reason: string) => void },
): Promise<void> {
  for (;;) {
    try {
      await client.request('DELETE', apiPath(account, 'clusters', cluster), { signal })
      return
    } catch (error) {
      if (signal.aborted || !isRetryableRejection(error)) throw error
      onWaiting(error.message)
    }
    do await pause(signal)
    while (await hasTasks(account, cluster, signal))
  }
}

async function hasTasks(account: string, cluster: string, signal: AbortSignal): Promise<boolean> {
  const { items } = await accountClient(account).tasks.page({ cluster, limit: 1, signal })
  return items.length > 0
}

/** @throws the reason of the signal */
async function pause(signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  const end = AbortSignal.any([signal, AbortSignal.timeout(pollMs)])
  await new Promise((resolve) => end.addEventListener('abort', resolve, { once: true }))
  signal.throwIfAborted()
}
