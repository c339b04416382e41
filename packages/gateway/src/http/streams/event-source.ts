/** The source and the reader of an event stream. */
import type { Problem } from '../../problems/problem.ts'

export interface StreamEvent {
  /** Absent for an event after which a client cannot resume. */
  id?: string
  name: string
  data: Buffer
}

/** The events of a route. */
export interface EventSource {
  /**
   * @param cursor the id of the last event that the client knows
   * @returns the first events; later ones go to `reader` until `close`
   * @throws a Problem, which becomes the response
   */
  open: (
    cursor: string | undefined,
    reader: StreamReader,
  ) => Promise<{ first: readonly StreamEvent[]; close: () => void }>
  /**
   * By media type of the route: the text of an event, also of `problem` and `end`, for clients that want the stream in
   * it. Without it, they get server-sent events.
   */
  textOf?: Readonly<Record<string, (event: StreamEvent) => string>>
  /** A `deleted` event concerns one of many resources, so the stream goes on. */
  isOfMany?: true
}

export interface StreamReader {
  event: (event: StreamEvent) => void
  /** The resource cannot be described now. */
  problem: (problem: Problem) => void
  /** The stream ends with this event. */
  abort: (problem: Problem) => void
  /**
   * Resolves when the client has read most of what was sent, and when the stream is over. A source with much to send
   * waits for it.
   */
  waitUntilRead: () => Promise<void>
}
