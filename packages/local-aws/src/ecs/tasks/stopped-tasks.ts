/** Deletes stopped tasks an hour after they stopped. */
import type { Clock } from '../../clock.ts'
import type { EcsState } from '../records/state.ts'
import type { TaskRecord } from '../records/task-record.ts'

/**
 * ECS shows a stopped task for at least an hour (ECS Developer Guide, "Viewing stopped tasks"); the engine for exactly
 * an hour.
 */
const SHOWN_MS = 3_600_000

export interface StoppedTasks {
  /** Deletes the task an hour after it stopped. */
  add(ecsState: EcsState, task: TaskRecord): void
  close(): void
}

/** One timer serves all tasks: they are deleted in the order in which they stopped. */
export function stoppedTasks(clock: Clock): StoppedTasks {
  let queue: { ecsState: EcsState; arn: string; at: number }[] = []
  let cancel: (() => void) | undefined

  function forget(): void {
    cancel = undefined
    const due = queue.filter(({ at }) => at <= clock.now())
    queue = queue.slice(due.length)
    for (const { ecsState, arn } of due) ecsState.tasks.delete(arn)
    wait()
  }

  function wait(): void {
    const [next] = queue
    if (next && !cancel) cancel = clock.at(next.at, forget)
  }

  return {
    add(ecsState, { taskArn, stoppedAt = 0 }) {
      const at = stoppedAt * 1000 + SHOWN_MS
      // After a restart tasks are added in any order.
      const index = queue.findLastIndex((expiry) => expiry.at <= at)
      queue.splice(index + 1, 0, { ecsState, arn: taskArn, at })
      if (index < 0) {
        cancel?.()
        cancel = undefined
      }
      wait()
    },
    close() {
      cancel?.()
      queue = []
    },
  }
}
