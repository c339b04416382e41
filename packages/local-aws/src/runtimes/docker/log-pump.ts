/** Takes containers' output to where it is kept, each line once, as fast as that takes it. */
import type { LogLine, LogSink, TaskSpec } from '../runtime.ts'
import type { LogsWanted } from './container-logs.ts'

export interface LogPumpDeps {
  logs: (
    task: TaskSpec,
    container: string,
    wanted: Pick<LogsWanted, 'after' | 'follow' | 'signal'>,
  ) => AsyncIterable<readonly LogLine[]>
  /** Resolves when the runtime answers. */
  connected: (signal: AbortSignal) => Promise<void>
  isRunning: (task: TaskSpec, container: string) => boolean
  onFault: (error: unknown) => void
}

export interface LogPump {
  /** Begins where it has not begun yet: from the line after the last one that was taken. */
  begin(task: TaskSpec, container: string, sink: LogSink | undefined): void
  /** Resolves when all that the task's ended containers wrote has been taken, however long that takes; or when nothing more came for that time. */
  drained(taskId: string, quietMs: number): Promise<void>
  close(): void
}

const AGAIN_MS = 500

export function logPump({ logs, connected, isRunning, onFault }: LogPumpDeps): LogPump {
  const pumps = new Map<string, Promise<void>>()
  /** How many portions have been taken. */
  const taken = new Map<string, number>()
  const closing = new AbortController()
  const { signal } = closing

  async function pump(key: string, task: TaskSpec, container: string, sink: LogSink): Promise<void> {
    let { after } = sink
    for (;;) {
      try {
        await connected(signal)
        // What it wrote up to its end is there when it has ended: a stream that ended before may have been cut off.
        const follow = isRunning(task, container)
        for await (const lines of logs(task, container, { after, follow, signal })) {
          await sink.take(lines)
          after = lines.at(-1)?.position
          taken.set(key, (taken.get(key) ?? 0) + 1)
        }
        if (!follow) return
      } catch (error) {
        if (signal.aborted) return
        onFault(error)
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS))
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
      const takenOfAll = () => own.reduce((sum, [key]) => sum + (taken.get(key) ?? 0), 0)
      for (let before = -1; before !== takenOfAll(); ) {
        before = takenOfAll()
        const { promise: quiet, resolve } = Promise.withResolvers<boolean>()
        const timer = setTimeout(resolve, quietMs, false)
        const isDone = await Promise.race([all, quiet])
        clearTimeout(timer)
        if (isDone) break
      }
      for (const [key] of own) {
        pumps.delete(key)
        taken.delete(key)
      }
    },

    close: () => closing.abort(),
  }
}
