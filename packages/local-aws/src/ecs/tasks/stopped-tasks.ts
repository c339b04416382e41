/** Deletes stopped tasks an hour after they stopped. */
import type { Clock } from '../../clock.ts'
import type { EcsTables } from '../records/ecs-tables.ts'
import type { TaskRecord } from '../records/task-record.ts'

/**
 * ECS shows a stopped task for at least an hour (ECS Developer Guide, "Viewing stopped tasks"), this engine for exactly
 * an hour.
 */
const KEPT_MS = 3_600_000

export interface StoppedTaskExpiry {
  /** Deletes the stopped task an hour after it stopped. */
  deleteLater(ecsTables: EcsTables, task: TaskRecord): void
  close(): void
}

/** One timer serves all tasks: they are deleted in the order in which they stopped. */
export function openStoppedTaskExpiry(clock: Clock): StoppedTaskExpiry {
  let queue: { ecsTables: EcsTables; arn: string; expiresAt: number }[] = []
  let cancel: (() => void) | undefined

  function deleteExpired(): void {
    cancel = undefined
    const expired = queue.filter(({ expiresAt }) => expiresAt <= clock.now())
    queue = queue.slice(expired.length)
    for (const { ecsTables, arn } of expired) ecsTables.tasks.delete(arn)
    startTimer()
  }

  function startTimer(): void {
    const [next] = queue
    if (next && !cancel) cancel = clock.at(next.expiresAt, deleteExpired)
  }

  return {
    deleteLater(ecsTables, { taskArn, stoppedAt = 0 }) {
      const expiresAt = stoppedAt * 1000 + KEPT_MS
      // After a restart tasks are added in any order.
      const index = queue.findLastIndex((expiry) => expiry.expiresAt <= expiresAt)
      queue.splice(index + 1, 0, { ecsTables, arn: taskArn, expiresAt })
      if (index < 0) {
        cancel?.()
        cancel = undefined
      }
      startTimer()
    },
    close() {
      cancel?.()
      queue = []
    },
  }
}
