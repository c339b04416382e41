/** Writes events to a client, as server-sent events or in a text format of the route. */
import { eventStreamType } from '../request/accept.ts'
import type { EventSource, StreamEvent } from './event-source.ts'

export interface StreamFormat {
  type: string
  bytesOf: (event: StreamEvent) => Buffer
  /** The bytes of a notice: `problem` or `end`. */
  noticeOf: (name: string, notice: { code: string; detail: string }) => Buffer
  /** The first bytes. */
  opening: Buffer
  /** Keeps the connection open; empty when the format has no bytes that a client ignores. */
  heartbeat: Buffer
}

const bytesOfEvents = new WeakMap<StreamEvent, Buffer>()

/** WHATWG HTML, "Server-sent events". An event is serialised once for all readers. */
const serverSentEvents: StreamFormat = {
  type: eventStreamType,
  bytesOf: (event) => {
    const known = bytesOfEvents.get(event)
    if (known) return known
    // JSON text has no line breaks.
    const bytes = Buffer.concat([
      Buffer.from(`${event.id === undefined ? '' : `id: ${event.id}\n`}event: ${event.name}\ndata: `),
      event.data,
      Buffer.from('\n\n'),
    ])
    bytesOfEvents.set(event, bytes)
    return bytes
  },
  noticeOf: (name, notice) => Buffer.from(`event: ${name}\ndata: ${JSON.stringify(notice)}\n\n`),
  // The client waits this many milliseconds before it reconnects.
  opening: Buffer.from('retry: 1000\n\n'),
  heartbeat: Buffer.from(': still here\n\n'),
}

/** @param type the media type that the client prefers */
export function formatFor(type: string, { textFormats }: EventSource): StreamFormat {
  const write = textFormats?.[type]
  if (!write) return serverSentEvents
  const noBytes = Buffer.alloc(0)
  return {
    type: `${type}; charset=utf-8`,
    bytesOf: (event) => Buffer.from(write(event)),
    noticeOf: (name, notice) => Buffer.from(write({ name, data: Buffer.from(JSON.stringify(notice)) })),
    opening: noBytes,
    heartbeat: noBytes,
  }
}
