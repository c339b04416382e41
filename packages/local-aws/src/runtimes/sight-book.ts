/** What a runtime sees of its tasks, and who waits for something newer. */
import type { ContainerSight, TaskSight, TaskSpec } from './runtime.ts'

export interface SightBook {
  /** Begins a page for the task where there is none. */
  open(task: TaskSpec): void
  sight(taskId: string, container: string): ContainerSight
  /** Notes what is seen, and wakes whoever waits. Of a task without a page nothing is noted. */
  see(taskId: string, container: string, sight: ContainerSight): void
  /** What is seen of the task as soon as that is newer than the revision. Rejects only when the signal aborts. */
  wait(task: TaskSpec, newerThan: number | undefined, signal: AbortSignal): Promise<TaskSight>
  /** Resolves when the container has ended, or the task's page is closed. */
  ended(task: TaskSpec, container: string, signal: AbortSignal): Promise<void>
  close(taskId: string): void
}

interface Page {
  sights: Map<string, ContainerSight>
  revision: number
  waiters: Set<() => void>
}

export function sightBook(): SightBook {
  const pages = new Map<string, Page>()

  function pageOf(task: TaskSpec): Page {
    const page = pages.get(task.id) ?? {
      sights: new Map(task.containers.map(({ name = '' }) => [name, { state: 'waiting' }])),
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

  async function wait(task: TaskSpec, newerThan: number | undefined, signal: AbortSignal): Promise<TaskSight> {
    signal.throwIfAborted()
    const page = pageOf(task)
    if (newerThan === undefined || page.revision > newerThan)
      return { revision: page.revision, containers: new Map(page.sights) }
    return new Promise((resolve, reject) => {
      const waiter = () => {
        signal.removeEventListener('abort', aborted)
        resolve({ revision: page.revision, containers: new Map(page.sights) })
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
    sight: (taskId, container) => pages.get(taskId)?.sights.get(container) ?? { state: 'waiting' },

    see(taskId, container, sight) {
      const page = pages.get(taskId)
      if (!page || JSON.stringify(page.sights.get(container)) === JSON.stringify(sight)) return
      page.sights.set(container, sight)
      wake(page)
    },

    wait,

    async ended(task, container, signal) {
      for (let revision: number | undefined; pages.has(task.id); ) {
        const sight = await wait(task, revision, signal)
        if (sight.containers.get(container)?.state === 'exited') return
        revision = sight.revision
      }
    },

    close(taskId) {
      const page = pages.get(taskId)
      pages.delete(taskId)
      if (page) wake(page)
    },
  }
}
