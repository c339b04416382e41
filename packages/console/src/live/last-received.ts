/**
 * The times when this page last received something from the gateway: a response, or a part of a stream. A stream sends
 * a comment every 15 s, so a stream that is silent for 40 s is broken.
 */
const maxStreamSilenceMs = 40_000

/** As `performance.now()` counts: in milliseconds since the page was opened. */
let lastReceivedMs = performance.now()
const changesReceivedMs = new Map<string, number>()

/** Milliseconds since something was received from the gateway. */
export const silenceMs = () => performance.now() - lastReceivedMs

/** Milliseconds since this tab or another one received something on the stream of the account's changes. */
export const changesSilenceMs = (account: string) =>
  performance.now() - (changesReceivedMs.get(account) ?? Number.NEGATIVE_INFINITY)

/** Whether the stream of the account's changes is open, in this tab or in another one. */
export const isChangesStreamOpen = (account: string) => changesSilenceMs(account) < maxStreamSilenceMs

export function recordChangesPart(account: string): void {
  lastReceivedMs = performance.now()
  changesReceivedMs.set(account, lastReceivedMs)
}

export function recordChangesEnd(account: string): void {
  changesReceivedMs.delete(account)
}

/** @returns the response; for a stream, a copy that calls `onPart` whenever a part arrives */
export function recordResponse(response: Response, onPart: () => void): Response {
  lastReceivedMs = performance.now()
  if (!response.body || !response.headers.get('content-type')?.startsWith('text/event-stream')) return response
  const parts = new TransformStream<Uint8Array, Uint8Array>({
    transform: (part, controller) => {
      lastReceivedMs = performance.now()
      onPart()
      controller.enqueue(part)
    },
  })
  const { status, headers } = response
  return new Response(response.body.pipeThrough(parts), { status, headers })
}
