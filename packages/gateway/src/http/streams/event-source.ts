/** The source of an event stream, and its reader, which sends the events to a client. */
import type { Problem } from '../../problems/problem.ts'

export interface StreamEvent {
  /** Undefined for an event after which a client cannot resume. */
  id?: string
  name: string
  data: Buffer
}

/** The events of a route. */
export interface EventSource {
  /**
   * @param cursor the id of the last event that the client has received
   * @returns the first events; later ones go to `reader` until `close`
   * @throws a Problem, which becomes the response
   */
  open: (
    cursor: string | undefined,
    reader: StreamReader,
  ) => Promise<{ first: readonly StreamEvent[]; close: () => void }>
  /**
   * Functions that write an event as text, also `problem` and `end`, by media type. Clients that accept no such type
   * get server-sent events.
   */
  textFormats?: Readonly<Record<string, (event: StreamEvent) => string>>
  /** The stream goes on after a `deleted` event, which concerns one of many resources. */
  concernsManyResources?: true
}

export interface StreamReader {
  event: (event: StreamEvent) => void
  /** The resource cannot be described now. */
  problem: (problem: Problem) => void
  /** The stream ends with this event. */
  abort: (problem: Problem) => void
  /**
   * Resolves when the client has read most of the sent events, or when the stream has ended. A source with many events
   * waits for it.
   */
  waitUntilRead: () => Promise<void>
}
