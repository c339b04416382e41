import type { Clock } from '../../clock.ts'
import type { EcsState } from '../records/state.ts'
import type { TaskRecord } from '../records/task-record.ts'

/** A stopped task is seen for an hour at least (ECS Developer Guide, "Viewing stopped tasks"); here for exactly that. */
const SEEN_MS = 3_600_000

export interface StoppedTasks {
  /** From now on the task is forgotten an hour after it stopped. */
  add(ecsState: EcsState, task: TaskRecord): void
  close(): void
}

/** One timer for all of them: tasks are forgotten in the order in which they stopped. */
export function stoppedTasks(clock: Clock): StoppedTasks {
  let waiting: { ecsState: EcsState; arn: string; at: number }[] = []
  let callOff: (() => void) | undefined

  function forget(): void {
    callOff = undefined
    const due = waiting.filter(({ at }) => at <= clock.now())
    waiting = waiting.slice(due.length)
    for (const { ecsState, arn } of due) ecsState.tasks.delete(arn)
    wait()
  }

  function wait(): void {
    const [next] = waiting
    if (next && !callOff) callOff = clock.at(next.at, forget)
  }

  return {
    add(ecsState, { taskArn, stoppedAt = 0 }) {
      const at = stoppedAt * 1000 + SEEN_MS
      // After a restart they come in any order.
      const index = waiting.findLastIndex((one) => one.at <= at)
      waiting.splice(index + 1, 0, { ecsState, arn: taskArn, at })
      if (index < 0) {
        callOff?.()
        callOff = undefined
      }
      wait()
    },
    close() {
      callOff?.()
      waiting = []
    },
  }
}
