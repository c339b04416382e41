/** Copies the output of containers to their log sinks: each line once, and as fast as the sink stores lines. */
import type { LogLine, LogSink, TaskSpec } from '../runtime.ts'
import type { LogsOptions } from './container-logs.ts'

export interface LogPumpDeps {
  readLogs: (
    task: TaskSpec,
    container: string,
    options: Pick<LogsOptions, 'afterPosition' | 'follow' | 'signal'>,
  ) => AsyncIterable<readonly LogLine[]>
  /** Resolves when the runtime can be reached. */
  waitUntilConnected: (signal: AbortSignal) => Promise<void>
  isRunning: (task: TaskSpec, container: string) => boolean
  onUnexpectedError: (error: unknown) => void
}

export interface LogPump {
  /**
   * Starts to copy the container's output after the last stored line. Does nothing if the copying has started before.
   */
  startCopying(task: TaskSpec, container: string, sink: LogSink | undefined): void
  /** Resolves when all output of the task's ended containers is stored, or when no output was stored for `quietMs`. */
  waitUntilStored(taskId: string, quietMs: number): Promise<void>
  close(): void
}

const RETRY_MS = 500

export function openLogPump({ readLogs, waitUntilConnected, isRunning, onUnexpectedError }: LogPumpDeps): LogPump {
  const pumps = new Map<string, Promise<void>>()
  /** The number of stored batches, by task and container. */
  const storedBatches = new Map<string, number>()
  const closing = new AbortController()
  const { signal } = closing

  async function copyLogs(key: string, task: TaskSpec, container: string, sink: LogSink): Promise<void> {
    let { afterPosition } = sink
    for (;;) {
      try {
        await waitUntilConnected(signal)
        // A followed stream may have been cut off, so it is opened again. Once the container has ended, its log is
        // complete and is read to the end.
        const follow = isRunning(task, container)
        for await (const lines of readLogs(task, container, { afterPosition, follow, signal })) {
          await sink.storeLines(lines)
          afterPosition = lines.at(-1)?.position
          storedBatches.set(key, (storedBatches.get(key) ?? 0) + 1)
        }
        if (!follow) return
      } catch (error) {
        if (signal.aborted) return
        onUnexpectedError(error)
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
      }
    }
  }

  return {
    startCopying(task, container, sink) {
      const key = `${task.id} ${container}`
      if (!sink || pumps.has(key)) return
      pumps.set(key, copyLogs(key, task, container, sink))
    },

    async waitUntilStored(taskId, quietMs) {
      const pumpsOfTask = [...pumps].filter(([key]) => key.startsWith(`${taskId} `))
      const all = Promise.all(pumpsOfTask.map(([, pump]) => pump)).then(() => true)
      const storedBatchesOfTask = () => pumpsOfTask.reduce((sum, [key]) => sum + (storedBatches.get(key) ?? 0), 0)
      for (let before = -1; before !== storedBatchesOfTask(); ) {
        before = storedBatchesOfTask()
        const { promise: quiet, resolve } = Promise.withResolvers<boolean>()
        const timer = setTimeout(resolve, quietMs, false)
        const isDone = await Promise.race([all, quiet])
        clearTimeout(timer)
        if (isDone) break
      }
      for (const [key] of pumpsOfTask) {
        pumps.delete(key)
        storedBatches.delete(key)
      }
    },

    close: () => closing.abort(),
  }
}
