/** Events of a stream. */

/** An event as the gateway sent it. */
export interface StreamEvent {
  /** Sent as `Last-Event-ID`, it resumes the stream after this event. */
  id: string | undefined
  type: string
  data: unknown
}

/** The gateway cannot describe the resource now; changes follow when it can. */
export interface ProblemEvent {
  type: 'problem'
  code: string
  detail: string
}

/** `state` has the resource as it is now and comes first; after `deleted` the stream ends. */
export type WatchEvent<T> = { type: 'state' | 'change' | 'deleted'; resource: T; id: string | undefined } | ProblemEvent

export interface StreamOptions {
  signal?: AbortSignal | undefined
  /** Called when the connection broke, before the client connects again. */
  onBreak?: ((error: unknown, delayMs: number) => void) | undefined
}

/**
 * Opens the stream at `url`, which resumes when its connection breaks. `open` is the client's own opener. A replacement
 * can share one stream among several pages, and must send a `state` to each page first.
 */
export type StreamOpener = (url: string, options: StreamOptions, open: DirectStreamOpener) => AsyncIterable<StreamEvent>

export type DirectStreamOpener = (url: string, options: StreamOptions) => AsyncIterable<StreamEvent>
