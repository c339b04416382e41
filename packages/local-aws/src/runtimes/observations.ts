/** What a runtime sees of its tasks, and who waits for something newer. */
import type { ContainerObservation, TaskObservation, TaskSpec } from './runtime.ts'

export interface Observations {
  /** Begins a page for the task where there is none. */
  open(task: TaskSpec): void
  observation(taskId: string, container: string): ContainerObservation
  /** Notes what is seen, and wakes whoever waits. Of a task without a page nothing is noted. */
  see(taskId: string, container: string, observation: ContainerObservation): void
  /** What is seen of the task as soon as that is newer than the revision. Rejects only when the signal aborts. */
  wait(task: TaskSpec, newerThan: number | undefined, signal: AbortSignal): Promise<TaskObservation>
  /** Resolves when the container has ended, or the task's page is closed. */
  ended(task: TaskSpec, container: string, signal: AbortSignal): Promise<void>
  close(taskId: string): void
}

interface Page {
  observed: Map<string, ContainerObservation>
  revision: number
  waiters: Set<() => void>
}

export function observations(): Observations {
  const pages = new Map<string, Page>()

  function pageOf(task: TaskSpec): Page {
    const page = pages.get(task.id) ?? {
      observed: new Map(task.containers.map(({ name = '' }) => [name, { state: 'waiting' }])),
      revision: 1,
      waiters: new Set(),
    }
    pages.set(task.id, page)
    return page
  }

  function wake(page: Page): void {
    page.revision++
    const waiting = [...page.waiters]
    page.waiters.clear()
    for (const waiter of waiting) waiter()
  }

  async function wait(task: TaskSpec, newerThan: number | undefined, signal: AbortSignal): Promise<TaskObservation> {
    signal.throwIfAborted()
    const page = pageOf(task)
    if (newerThan === undefined || page.revision > newerThan)
      return { revision: page.revision, containers: new Map(page.observed) }
    return new Promise((resolve, reject) => {
      const waiter = () => {
        signal.removeEventListener('abort', aborted)
        resolve({ revision: page.revision, containers: new Map(page.observed) })
      }
      const aborted = () => {
        page.waiters.delete(waiter)
        reject(signal.reason)
      }
      signal.addEventListener('abort', aborted, { once: true })
      page.waiters.add(waiter)
    })
  }

  return {
    open: (task) => void pageOf(task),
    observation: (taskId, container) => pages.get(taskId)?.observed.get(container) ?? { state: 'waiting' },

    see(taskId, container, observation) {
      const page = pages.get(taskId)
      if (!page || JSON.stringify(page.observed.get(container)) === JSON.stringify(observation)) return
      page.observed.set(container, observation)
      wake(page)
    },

    wait,

    async ended(task, container, signal) {
      for (let revision: number | undefined; pages.has(task.id); ) {
        const observation = await wait(task, revision, signal)
        if (observation.containers.get(container)?.state === 'exited') return
        revision = observation.revision
      }
    },

    close(taskId) {
      const page = pages.get(taskId)
      pages.delete(taskId)
      if (page) wake(page)
    },
  }
}
