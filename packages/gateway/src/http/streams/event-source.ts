/** The source of the events of a stream, and the sink that sends them to a client. */
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
   * @returns the first events; later ones go to `sink` until `close`
   * @throws a Problem, which becomes the response
   */
  open: (cursor: string | undefined, sink: EventSink) => Promise<{ first: readonly StreamEvent[]; close: () => void }>
  /**
   * By media type, a function that writes an event as text. It also writes the events `problem` and `end`, which the
   * stream adds. Clients that accept no such type get server-sent events.
   */
  textFormats?: Readonly<Record<string, (event: StreamEvent) => string>>
  /** Set for a stream about many resources. The stream of a single resource ends with its `deleted` event. */
  concernsManyResources?: true
}

export interface EventSink {
  sendEvent: (event: StreamEvent) => void
  /** Sends a `problem` event: the resource cannot be described now. */
  sendProblem: (problem: Problem) => void
  /** Ends the stream with an `end` event that has the problem. */
  endWithProblem: (problem: Problem) => void
  /**
   * Resolves when the client has read most of the sent events, or when the stream has ended. A source with many events
   * waits for it.
   */
  waitUntilRead: () => Promise<void>
}
