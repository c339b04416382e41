/**
 * The runtime's events about the containers of an engine. A broken stream is opened again. The listener must then
 * inspect all containers, because it may have missed events.
 */

import type { Readable } from 'node:stream'
import { type Docker, engineLabels } from './docker-api.ts'

export interface ContainerEvent {
  /** Docker's name of the event: `start`, `die`, `oom`, `destroy` … Podman's names are translated. */
  action: string
  id: string
  task: string
  /** Undefined for the pause container. */
  container?: string
  /** Set in the event `die`. */
  exitCode?: number
}

export interface EventStreamDeps {
  docker: Docker
  engineId: string
  onEvent: (event: ContainerEvent) => void
  /** Called when the stream is open. No event is missed from now on, but events before may have been missed. */
  onConnected: () => Promise<void>
  /** Called when the runtime can no longer be reached. */
  onLost: (error: unknown) => void
}

export interface EventStream {
  /** Resolves when the stream is open. Rejects when the signal aborts. */
  waitUntilConnected(signal: AbortSignal): Promise<void>
  close(): void
}

/** The pause before the next attempt to connect. Each pause is twice as long as the one before. */
const RETRY = { firstMs: 200, maxMs: 5_000 }
const dockerActionOfPodman: Readonly<Record<string, string>> = { died: 'die', remove: 'destroy' }

/** Resolves when the stream is open for the first time. */
export async function openEventStream({
  docker,
  engineId,
  onEvent,
  onConnected,
  onLost,
}: EventStreamDeps): Promise<EventStream> {
  const closing = new AbortController()
  let connection = Promise.withResolvers<void>()
  const firstConnection = Promise.withResolvers<void>()

  async function keepOpen(): Promise<void> {
    for (let failures = 0; !closing.signal.aborted; ) {
      try {
        const stream = await requestEvents(docker, engineId, closing.signal)
        await onConnected()
        failures = 0
        connection.resolve()
        firstConnection.resolve()
        await readEvents(stream)
        if (closing.signal.aborted) return
        connection = Promise.withResolvers()
        onLost(new Error('the stream of events has ended'))
      } catch (error) {
        if (closing.signal.aborted) return
        if (failures++ === 0) onLost(error)
        firstConnection.reject(error)
      }
      await pause(Math.min(RETRY.maxMs, RETRY.firstMs * 2 ** Math.min(failures, 10)), closing.signal)
    }
  }

  async function readEvents(stream: Readable): Promise<void> {
    try {
      let incompleteLine = ''
      // Node's readline is not used here: it waits forever when the stream broke before the first read, and it does not
      // close the stream when the reading stops.
      for await (const text of stream.setEncoding('utf8')) {
        const lines = (incompleteLine + text).split('\n')
        incompleteLine = lines.pop() ?? ''
        for (const event of lines.map(parseEvent)) if (event) onEvent(event)
      }
    } catch {
      // The caller opens the stream again, whatever the reason.
    }
  }

  void keepOpen()
  await firstConnection.promise
  return {
    waitUntilConnected: (signal) => rejectOnAbort(connection.promise, signal),
    close: () => closing.abort(),
  }
}

async function requestEvents(docker: Docker, engineId: string, signal: AbortSignal): Promise<Readable> {
  const stream = await docker.getEvents({
    filters: { type: ['container'], label: [`${engineLabels.engine}=${engineId}`] },
    abortSignal: signal,
  })
  return stream as Readable
}

/** Parses one line of the stream. */
function parseEvent(line: string): ContainerEvent | undefined {
  if (line.trim() === '') return undefined
  const { Action = '', Actor } = JSON.parse(line) as {
    Action?: string
    Actor?: { ID?: string; Attributes?: Record<string, string> }
  }
  const attributes = Actor?.Attributes ?? {}
  const task = attributes[engineLabels.task]
  if (task === undefined || Actor?.ID === undefined) return undefined
  const container = attributes[engineLabels.container]
  const code = attributes.exitCode ?? attributes.containerExitCode
  return {
    action: dockerActionOfPodman[Action] ?? Action,
    id: Actor.ID,
    task,
    ...(container !== undefined && { container }),
    ...(code !== undefined && { exitCode: Number(code) }),
  }
}

function rejectOnAbort(promise: Promise<void>, signal: AbortSignal): Promise<void> {
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
