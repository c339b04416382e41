/** Copies the output of containers to their log sinks, each line once, as fast as the sink accepts lines. */
import type { LogLine, LogSink, TaskSpec } from '../runtime.ts'
import type { LogsOptions } from './container-logs.ts'

export interface LogPumpDeps {
  logs: (
    task: TaskSpec,
    container: string,
    options: Pick<LogsOptions, 'after' | 'follow' | 'signal'>,
  ) => AsyncIterable<readonly LogLine[]>
  /** Resolves when the runtime can be reached. */
  connected: (signal: AbortSignal) => Promise<void>
  isRunning: (task: TaskSpec, container: string) => boolean
  onUnexpectedError: (error: unknown) => void
}

export interface LogPump {
  /** Starts to copy if it has not started, from the line after the last stored one. */
  begin(task: TaskSpec, container: string, sink: LogSink | undefined): void
  /** Resolves when all output of the task's ended containers is stored, or when no output was stored for `quietMs`. */
  drained(taskId: string, quietMs: number): Promise<void>
  close(): void
}

const RETRY_MS = 500

export function logPump({ logs, connected, isRunning, onUnexpectedError }: LogPumpDeps): LogPump {
  const pumps = new Map<string, Promise<void>>()
  /** The number of stored batches, by task and container. */
  const stored = new Map<string, number>()
  const closing = new AbortController()
  const { signal } = closing

  async function pump(key: string, task: TaskSpec, container: string, sink: LogSink): Promise<void> {
    let { after } = sink
    for (;;) {
      try {
        await connected(signal)
        // After the container has ended, its log is complete. A stream that ended earlier may have been cut off.
        const follow = isRunning(task, container)
        for await (const lines of logs(task, container, { after, follow, signal })) {
          await sink.take(lines)
          after = lines.at(-1)?.position
          stored.set(key, (stored.get(key) ?? 0) + 1)
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
    begin(task, container, sink) {
      const key = `${task.id} ${container}`
      if (!sink || pumps.has(key)) return
      pumps.set(key, pump(key, task, container, sink))
    },

    async drained(taskId, quietMs) {
      const own = [...pumps].filter(([key]) => key.startsWith(`${taskId} `))
      const all = Promise.all(own.map(([, pump]) => pump)).then(() => true)
      const storedInAll = () => own.reduce((sum, [key]) => sum + (stored.get(key) ?? 0), 0)
      for (let before = -1; before !== storedInAll(); ) {
        before = storedInAll()
        const { promise: quiet, resolve } = Promise.withResolvers<boolean>()
        const timer = setTimeout(resolve, quietMs, false)
        const isDone = await Promise.race([all, quiet])
        clearTimeout(timer)
        if (isDone) break
      }
      for (const [key] of own) {
        pumps.delete(key)
        stored.delete(key)
      }
    },

    close: () => closing.abort(),
  }
}
