/**
 * A stream that reconnects when its connection breaks, after a backoff of 0.25 s to 10 s. It resumes after the last
 * event that has an id. On 410 (the events are no longer stored) it begins again with a `state`. A connection without a
 * byte for 40 s counts as broken, because the gateway sends a comment every 15 s.
 */
import { onAbort } from '../abort.ts'
import { type Connection, problemIn } from '../connection.ts'
import { backoffMs, pause } from '../pause.ts'
import { clientProblem, NoResponse, ProblemError } from '../problems.ts'
import { serverSentEvents } from './server-sent-events.ts'
import type { StreamEvent, StreamOptions } from './watch-event.ts'

const silenceMs = 40_000
const longestBackoffMs = 10_000
/** The codes of an `end` event after which a new connection can resume the stream. */
const resumableCodes = new Set(['ShuttingDown', 'SlowReader'])

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
  for (let failureCount = 0; ; ) {
    let failure: unknown
    try {
      for await (const event of eventsOfOneConnection(connection, url, lastId, signal)) {
        if (event.type === 'end') {
          const { code, detail } = event.data as { code: string; detail: string }
          throw new ProblemError(clientProblem(code, detail))
        }
        failureCount = 0
        hasBegun = true
        lastId = event.id ?? lastId
        yield event
        if (event.type === 'deleted' && endsWithDeletion) return
      }
      failure = new NoResponse('GET', url, 'closed')
    } catch (error) {
      signal?.throwIfAborted()
      failure = error
    }
    if (failure instanceof ProblemError && failure.code === 'CursorTooOld' && lastId !== undefined) lastId = undefined
    else if (!isBreak(failure) || (!hasBegun && failureCount + 1 >= connection.tries)) throw failure
    const { retryAfterSeconds = 0 } = failure as Partial<ProblemError>
    const delayMs = Math.max(backoffMs(failureCount++, longestBackoffMs), retryAfterSeconds * 1000)
    onBreak?.(failure, delayMs)
    await pause(delayMs, signal)
  }
}

function isBreak(error: unknown): boolean {
  if (!(error instanceof ProblemError)) return error instanceof NoResponse
  return resumableCodes.has(error.code) || error.status === 429 || error.status >= 502
}

async function* eventsOfOneConnection(
  connection: Connection,
  url: string,
  lastId: string | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<StreamEvent> {
  const headers = await connection.headersOf({ accept: 'text/event-stream', 'last-event-id': lastId }, { signal })
  const connected = new AbortController()
  const stopListening = onAbort(signal, () => connected.abort(signal?.reason))
  // The time in which the reader of the events is busy does not count: nothing is read then.
  const withinSilence = <T>(bytes: Promise<T>): Promise<T> => {
    const silence = setTimeout(() => connected.abort(new Error('no heartbeat')), silenceMs)
    return bytes.finally(() => clearTimeout(silence))
  }
  try {
    const response = await withinSilence(connection.send('GET', url, { headers, signal: connected.signal }))
    if (response.status !== 200 || !response.body) throw problemIn(response, await withinSilence(response.text()))
    const reader = response.body.getReader()
    try {
      yield* serverSentEvents(() => withinSilence(reader.read()))
    } finally {
      reader.cancel().catch(() => {})
    }
  } catch (error) {
    signal?.throwIfAborted()
    throw error instanceof ProblemError || error instanceof NoResponse ? error : new NoResponse('GET', url, error)
  } finally {
    stopListening()
    connected.abort()
  }
}
