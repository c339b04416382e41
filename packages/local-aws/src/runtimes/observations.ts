/**
 * Keeps the last observation of each container of a runtime's tasks, and wakes callers that wait for a newer one.
 */
import type { ContainerObservation, TaskObservation, TaskSpec } from './runtime.ts'

export interface Observations {
  /** Starts to keep observations of the task. Does nothing when the task is known already. */
  open(task: TaskSpec): void
  observation(taskId: string, container: string): ContainerObservation
  /** Sets the observation of a container and wakes the task's waiters. Does nothing for an unknown task. */
  set(taskId: string, container: string, observation: ContainerObservation): void
  /**
   * Resolves with the task's observation once its revision is higher than `newerThan`, or at once when `newerThan` is
   * undefined. Rejects only when the signal aborts.
   */
  wait(task: TaskSpec, newerThan: number | undefined, signal: AbortSignal): Promise<TaskObservation>
  /** Resolves when the container has exited, or when the task is closed. */
  waitForExit(task: TaskSpec, container: string, signal: AbortSignal): Promise<void>
  close(taskId: string): void
}

interface Entry {
  observed: Map<string, ContainerObservation>
  revision: number
  waiters: Set<() => void>
}

export function openObservations(): Observations {
  const entries = new Map<string, Entry>()

  function entryOf(task: TaskSpec): Entry {
    const entry = entries.get(task.id) ?? {
      observed: new Map(task.containers.map(({ name = '' }) => [name, { state: 'waiting' }])),
      revision: 1,
      waiters: new Set(),
    }
    entries.set(task.id, entry)
    return entry
  }

  function wake(entry: Entry): void {
    entry.revision++
    const waiting = [...entry.waiters]
    entry.waiters.clear()
    for (const waiter of waiting) waiter()
  }

  async function wait(task: TaskSpec, newerThan: number | undefined, signal: AbortSignal): Promise<TaskObservation> {
    signal.throwIfAborted()
    const entry = entryOf(task)
    if (newerThan === undefined || entry.revision > newerThan)
      return { revision: entry.revision, containers: new Map(entry.observed) }
    return new Promise((resolve, reject) => {
      const waiter = () => {
        signal.removeEventListener('abort', onAbort)
        resolve({ revision: entry.revision, containers: new Map(entry.observed) })
      }
      const onAbort = () => {
        entry.waiters.delete(waiter)
        reject(signal.reason)
      }
      signal.addEventListener('abort', onAbort, { once: true })
      entry.waiters.add(waiter)
    })
  }

  return {
    open: (task) => void entryOf(task),
    observation: (taskId, container) => entries.get(taskId)?.observed.get(container) ?? { state: 'waiting' },

    set(taskId, container, observation) {
      const entry = entries.get(taskId)
      if (!entry || JSON.stringify(entry.observed.get(container)) === JSON.stringify(observation)) return
      entry.observed.set(container, observation)
      wake(entry)
    },

    wait,

    async waitForExit(task, container, signal) {
      for (let revision: number | undefined; entries.has(task.id); ) {
        const observation = await wait(task, revision, signal)
        if (observation.containers.get(container)?.state === 'exited') return
        revision = observation.revision
      }
    },

    close(taskId) {
      const entry = entries.get(taskId)
      entries.delete(taskId)
      if (entry) wake(entry)
    },
  }
}
