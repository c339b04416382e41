/** Deletes a cluster as soon as ECS allows it: tasks that are stopping, and services that are draining, prevent it. */
import { ProblemError } from '@ecs-api/client'
import { apiPath } from '../actions.ts'
import { accountClient, client } from './client.ts'

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
export async function deleteClusterWhenEmpty(
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
