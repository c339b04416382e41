/**
 * An index of the tasks of an account that AWS has described. For each task it has the members that never change, and
 * the last known status. A list of thousands of tasks is ordered and filtered by the index, so that only the tasks of
 * the page have to be described. A task that is not in the index is described once.
 */
import type { Task } from '@aws-sdk/client-ecs'
import { familyAndRevision, shortName } from '@ecs-api/ecs-model'

export interface IndexedTask {
  id: string
  /** Milliseconds since 1970. */
  createdAt: number
  family: string
  group: string | undefined
  startedBy: string | undefined
  /** ECS's `lastStatus`; a task never goes back to an earlier status. */
  lastStatus: string
}

const maxTasks = 100_000

export class TaskIndex {
  /** By id, in the order of their last description: the oldest are evicted first. */
  readonly #tasks = new Map<string, IndexedTask>()

  get(id: string): IndexedTask | undefined {
    return this.#tasks.get(id)
  }

  /** Adds or updates a task. */
  add(task: Task): void {
    const indexed = toIndexedTask(task)
    this.#tasks.delete(indexed.id)
    this.#tasks.set(indexed.id, indexed)
    for (const oldest of this.#tasks.keys()) {
      if (this.#tasks.size <= maxTasks) break
      this.#tasks.delete(oldest)
    }
  }
}

export function toIndexedTask({
  taskArn = '',
  createdAt,
  taskDefinitionArn = '',
  group,
  startedBy,
  lastStatus = '',
}: Task): IndexedTask {
  const { family } = familyAndRevision(taskDefinitionArn)
  return { id: shortName(taskArn), createdAt: createdAt?.getTime() ?? 0, family, group, startedBy, lastStatus }
}
