/**
 * When the pages last heard from the gateway: a response, or a part of a stream. A stream sends a comment every 15 s, so
 * a silent one is broken.
 */
const streamSilenceMs = 40_000

/** Milliseconds since the page was opened. */
let lastAt = performance.now()
const changesHeardAt = new Map<string, number>()

/** Milliseconds since the gateway was last heard. */
export const silentMs = () => performance.now() - lastAt

/** Milliseconds since something was heard on the stream of the account's changes, in this tab or in another one. */
export const changesSilentMs = (account: string) =>
  performance.now() - (changesHeardAt.get(account) ?? Number.NEGATIVE_INFINITY)

/** Whether the stream of the account's changes is open, in this tab or in another one. */
export const isStreaming = (account: string) => changesSilentMs(account) < streamSilenceMs

export function heardChanges(account: string): void {
  lastAt = performance.now()
  changesHeardAt.set(account, lastAt)
}

export function endedChanges(account: string): void {
  changesHeardAt.delete(account)
}

/** @returns the response; of a stream, one that tells whenever a part of it arrives */
export function heardResponse(response: Response, onPart: () => void): Response {
  lastAt = performance.now()
  if (!response.body || !response.headers.get('content-type')?.startsWith('text/event-stream')) return response
  const parts = new TransformStream<Uint8Array, Uint8Array>({
    transform: (part, controller) => {
      lastAt = performance.now()
      onPart()
      controller.enqueue(part)
    },
  })
  const { status, headers } = response
  return new Response(response.body.pipeThrough(parts), { status, headers })
}
