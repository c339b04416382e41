/** The runtime's events about an engine's containers. The stream is taken up again whenever it breaks: whoever listens then looks at everything anew. */

import type { Readable } from 'node:stream'
import { type Docker, labels } from './docker-api.ts'

export interface ContainerEvent {
  /** `start`, `die`, `oom`, `destroy` … as Docker says; Podman's words are turned into these. */
  action: string
  id: string
  task: string
  /** Missing for the container that holds the task's namespaces. */
  container?: string
  /** With `die`. */
  exitCode?: number
}

export interface EventStreamDeps {
  docker: Docker
  engine: string
  onEvent: (event: ContainerEvent) => void
  /** The stream is there: from now on nothing is missed, but before that something may have been. */
  onConnected: () => Promise<void>
  /** The runtime does not answer any more. */
  onLost: (error: unknown) => void
}

export interface EventStream {
  /** Resolves when the runtime answers; at once while it does. */
  connected(signal: AbortSignal): Promise<void>
  close(): void
}

const AGAIN = { firstMs: 200, maxMs: 5_000 }
const words: Readonly<Record<string, string>> = { died: 'die', remove: 'destroy' }

/** Resolves when the stream is there for the first time. */
export async function openEventStream({
  docker,
  engine,
  onEvent,
  onConnected,
  onLost,
}: EventStreamDeps): Promise<EventStream> {
  const closing = new AbortController()
  let up = Promise.withResolvers<void>()
  const first = Promise.withResolvers<void>()

  async function follow(): Promise<void> {
    for (let failures = 0; !closing.signal.aborted; ) {
      try {
        const stream = await eventsOf(docker, engine, closing.signal)
        await onConnected()
        failures = 0
        up.resolve()
        first.resolve()
        await read(stream)
        if (closing.signal.aborted) return
        up = Promise.withResolvers()
        onLost(new Error('the stream of events has ended'))
      } catch (error) {
        if (closing.signal.aborted) return
        if (failures++ === 0) onLost(error)
        first.reject(error)
      }
      await pause(Math.min(AGAIN.maxMs, AGAIN.firstMs * 2 ** Math.min(failures, 10)), closing.signal)
    }
  }

  async function read(stream: Readable): Promise<void> {
    try {
      let rest = ''
      // Read as a stream and not through readline, which waits for ever on one that has broken before it was read, and leaves one open that it
      // stops reading.
      for await (const text of stream.setEncoding('utf8')) {
        const lines = (rest + text).split('\n')
        rest = lines.pop() ?? ''
        for (const event of lines.map(eventIn)) if (event) onEvent(event)
      }
    } catch {
      // However it ended, it has to be taken up again.
    }
  }

  void follow()
  await first.promise
  return {
    connected: (signal) => raced(up.promise, signal),
    close: () => closing.abort(),
  }
}

async function eventsOf(docker: Docker, engine: string, signal: AbortSignal): Promise<Readable> {
  const stream = await docker.getEvents({
    filters: { type: ['container'], label: [`${labels.engine}=${engine}`] },
    abortSignal: signal,
  })
  return stream as Readable
}

/** A line of the stream. */
function eventIn(line: string): ContainerEvent | undefined {
  if (line.trim() === '') return undefined
  const { Action = '', Actor } = JSON.parse(line) as {
    Action?: string
    Actor?: { ID?: string; Attributes?: Record<string, string> }
  }
  const attributes = Actor?.Attributes ?? {}
  const task = attributes[labels.task]
  if (task === undefined || Actor?.ID === undefined) return undefined
  const container = attributes[labels.container]
  const code = attributes.exitCode ?? attributes.containerExitCode
  return {
    action: words[Action] ?? Action,
    id: Actor.ID,
    task,
    ...(container !== undefined && { container }),
    ...(code !== undefined && { exitCode: Number(code) }),
  }
}

function raced(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const onAbort = () => reject(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  return Promise.race([promise, aborted]).finally(() => signal.removeEventListener('abort', onAbort))
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const timer = setTimeout(resolve, ms)
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer)
        resolve()
      },
      { once: true },
    )
  })
}
