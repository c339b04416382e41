/**
 * Consumers of one resource share one stream. It is closed when its last consumer leaves. A consumer that joins later
 * first gets a `state` with the current resource. A consumer that joins after `deleted` opens a new stream.
 */
import { onAbort } from '../abort.ts'
import type { DirectStreamOpener, StreamEvent, StreamOpener, StreamOptions } from './watch-event.ts'

/**
 * The most events in a consumer's queue. A full queue drops its oldest `change`: a later one has the whole resource.
 */
const maxQueued = 256

class Consumer {
  readonly queue: StreamEvent[] = []
  #end: { error?: unknown } | undefined
  #waiting: (() => void) | undefined

  push(event: StreamEvent): void {
    if (this.queue.length >= maxQueued) {
      const oldest = this.queue.findIndex(({ type }) => type === 'change')
      if (oldest >= 0) this.queue.splice(oldest, 1)
    }
    this.queue.push(event)
    this.#waiting?.()
  }

  end(end: { error?: unknown }): void {
    this.#end ??= end
    this.#waiting?.()
  }

  async *events(): AsyncGenerator<StreamEvent> {
    for (;;) {
      const event = this.queue.shift()
      if (event) yield event
      else if (this.#end && 'error' in this.#end) throw this.#end.error
      else if (this.#end) return
      else
        await new Promise<void>((resolve) => {
          this.#waiting = resolve
        })
    }
  }
}

class SharedStream {
  readonly consumers = new Map<Consumer, StreamOptions>()
  readonly #closing = new AbortController()
  #latest: StreamEvent | undefined

  join(consumer: Consumer, options: StreamOptions): void {
    if (this.#latest) consumer.push({ ...this.#latest, type: 'state' })
    this.consumers.set(consumer, options)
  }

  leave(consumer: Consumer): void {
    this.consumers.delete(consumer)
    if (this.consumers.size === 0) this.#closing.abort()
  }

  async run(url: string, open: DirectStreamOpener, onDeleted: () => void): Promise<void> {
    const onBreak: StreamOptions['onBreak'] = (error, delayMs) => {
      for (const options of this.consumers.values()) options.onBreak?.(error, delayMs)
    }
    let end: { error?: unknown } = {}
    try {
      for await (const event of open(url, { signal: this.#closing.signal, onBreak })) {
        if (event.type !== 'problem') this.#latest = event
        if (event.type === 'deleted') onDeleted()
        for (const consumer of this.consumers.keys()) consumer.push(event)
      }
    } catch (error) {
      end = { error }
    }
    for (const consumer of this.consumers.keys()) consumer.end(end)
  }
}

export function createSharedStreams(): StreamOpener {
  const open = new Map<string, SharedStream>()
  return async function* events(url, options, openDirectly) {
    const { signal } = options
    signal?.throwIfAborted()
    const consumer = new Consumer()
    const existingStream = open.get(url)
    const stream = existingStream ?? new SharedStream()
    const onEnd = () => {
      if (open.get(url) === stream) open.delete(url)
    }
    stream.join(consumer, options)
    if (!existingStream) {
      open.set(url, stream)
      stream.run(url, openDirectly, onEnd).finally(onEnd)
    }
    const stopListening = onAbort(signal, () => {
      consumer.queue.length = 0
      consumer.end({ error: signal?.reason })
    })
    try {
      yield* consumer.events()
    } finally {
      stopListening()
      stream.leave(consumer)
      if (stream.consumers.size === 0) onEnd()
    }
  }
}
