/**
 * A stream that goes on over breaks. It resumes behind the last event that has an id, with a backoff of 0.25 s to 10 s.
 * 410 (the events are no longer stored) begins it anew, with a `state`. 40 s without a byte count as a break: the
 * gateway sends a comment every 15 s.
 */
import { type Connection, problemIn } from '../connection.ts'
import { backoffMs, pause } from '../pause.ts'
import { NoResponse, ownProblem, ProblemError } from '../problems.ts'
import { serverSentEvents } from './server-sent-events.ts'
import type { StreamEvent, StreamOptions } from './watch-event.ts'

const silenceMs = 40_000
const longestBackoffMs = 10_000
const triesAtFirst = 4
/** Reasons for the end of a stream after which another process, or this one, goes on. */
const resumable = new Set(['ShuttingDown', 'SlowReader'])

/**
 * @param endsWithDeletion whether `deleted` is the last event, as it is on the stream of one resource
 * @throws ProblemError, NoResponse when no connection can be made at first, the reason of the signal, or the error of
 *   `token` or `csrfToken`
 */
export async function* resumingStream(
  connection: Connection,
  url: string,
  { signal, onBreak }: StreamOptions,
  endsWithDeletion = true,
): AsyncGenerator<StreamEvent> {
  let lastId: string | undefined
  let hasBegun = false
  for (let failures = 0; ; ) {
    let broken: unknown
    try {
      for await (const event of oneConnection(connection, url, lastId, signal)) {
        if (event.type === 'end') {
          const { code, detail } = event.data as { code: string; detail: string }
          throw new ProblemError(ownProblem(code, detail))
        }
        failures = 0
        hasBegun = true
        lastId = event.id ?? lastId
        yield event
        if (event.type === 'deleted' && endsWithDeletion) return
      }
      broken = new NoResponse('GET', url, 'closed')
    } catch (error) {
      signal?.throwIfAborted()
      broken = error
    }
    if (broken instanceof ProblemError && broken.code === 'CursorTooOld' && lastId !== undefined) lastId = undefined
    else if (!isBreak(broken) || (!hasBegun && failures >= triesAtFirst - 1)) throw broken
    const { retryAfterSeconds = 0 } = broken as Partial<ProblemError>
    const delayMs = Math.max(backoffMs(failures++, longestBackoffMs), retryAfterSeconds * 1000)
    onBreak?.(broken, delayMs)
    await pause(delayMs, signal)
  }
}

function isBreak(error: unknown): boolean {
  if (!(error instanceof ProblemError)) return error instanceof NoResponse
  return resumable.has(error.code) || error.status === 429 || error.status >= 502
}

async function* oneConnection(
  connection: Connection,
  url: string,
  lastId: string | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<StreamEvent> {
  const headers = await connection.headersOf({ accept: 'text/event-stream', 'last-event-id': lastId })
  const connected = new AbortController()
  const stop = () => connected.abort(signal?.reason)
  signal?.addEventListener('abort', stop, { once: true })
  if (signal?.aborted) stop()
  let silence: ReturnType<typeof setTimeout> | undefined
  const onBytes = () => {
    clearTimeout(silence)
    silence = setTimeout(() => connected.abort(new Error('no heartbeat')), silenceMs)
  }
  try {
    onBytes()
    const response = await connection.send('GET', url, { headers, signal: connected.signal })
    if (response.status !== 200 || !response.body) throw problemIn(response, await response.text())
    const reader = response.body.getReader()
    try {
      yield* serverSentEvents(reader, onBytes)
    } finally {
      reader.cancel().catch(() => {})
    }
  } catch (error) {
    signal?.throwIfAborted()
    throw error instanceof ProblemError ? error : new NoResponse('GET', url, error)
  } finally {
    clearTimeout(silence)
    signal?.removeEventListener('abort', stop)
    connected.abort()
  }
}
