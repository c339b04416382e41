/**
 * The tasks of an account that AWS has described: what never changes of each, and its last known status. A list of thousands of tasks is
 * ordered and filtered by it, so only the tasks of the page are described, and a task that is not in the index costs one describe.
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
  /** ECS's; a task never goes back to an earlier one. */
  lastStatus: string
}

const maxTasks = 100_000

export class TaskIndex {
  /** By id. Insertion order is the order of descriptions: the oldest are evicted first. */
  readonly #tasks = new Map<string, IndexedTask>()

  get(id: string): IndexedTask | undefined {
    return this.#tasks.get(id)
  }

  add(task: Task): void {
    const indexed = indexedTask(task)
    this.#tasks.delete(indexed.id)
    this.#tasks.set(indexed.id, indexed)
    for (const oldest of this.#tasks.keys()) {
      if (this.#tasks.size <= maxTasks) break
      this.#tasks.delete(oldest)
    }
  }
}

export function indexedTask({
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
