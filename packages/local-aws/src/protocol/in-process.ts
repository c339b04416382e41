import type { HttpHandler } from '@smithy/core/protocols'
import { HttpResponse } from '@smithy/core/transport'
import type { Answer, Call } from './exchange.ts'

/** A door for SDK clients without a socket under it, before whatever answers calls: give it to a client as its `requestHandler`. */
export function inProcessHandler(answer: (call: Call) => Promise<Answer>): HttpHandler {
  return {
    metadata: { handlerProtocol: 'in-process' },
    async handle(request, { abortSignal } = {}) {
      const { method, path, query, body } = request
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]),
      )
      const gone = abortSignal as AbortSignal | undefined
      if (gone?.aborted) throw aborted()
      const call: Call = {
        method,
        path,
        query: queryWithoutNulls(query),
        headers,
        body: bytes(body),
        ...(gone && { gone }),
      }
      const { status, headers: answered, body: text } = await unlessGone(answer(call), gone)
      return {
        response: new HttpResponse({ statusCode: status, headers: answered, body: new TextEncoder().encode(text) }),
      }
    },
    destroy() {},
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
  }
}

function queryWithoutNulls(query: Record<string, string | string[] | null>): Call['query'] {
  return Object.fromEntries(Object.entries(query).map(([name, value]) => [name, value ?? '']))
}

function bytes(body: unknown): Uint8Array {
  if (body === undefined || body === null) return new Uint8Array()
  if (body instanceof Uint8Array) return body
  if (typeof body === 'string') return new TextEncoder().encode(body)
  throw new TypeError('a streamed request body is not used by any action of AWS JSON or Query')
}

/** Who has gone away doesn't wait for what is still being done: over TCP they would not, either. */
async function unlessGone<T>(work: Promise<T>, gone: AbortSignal | undefined): Promise<T> {
  if (!gone) return work
  const { promise, reject } = Promise.withResolvers<never>()
  const leave = () => reject(aborted())
  gone.addEventListener('abort', leave, { once: true })
  try {
    return await Promise.race([work, promise])
  } finally {
    gone.removeEventListener('abort', leave)
  }
}

function aborted(): DOMException {
  return new DOMException('Request aborted', 'AbortError')
}
