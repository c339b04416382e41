import type { HttpHandler } from '@smithy/core/protocols'
import { HttpResponse } from '@smithy/core/transport'
import type { AwsRequest, AwsResponse } from './exchange.ts'

/**
 * Lets SDK clients call the engine in the same process, without a socket. Pass it to a client as its `requestHandler`.
 */
export function createInProcessHandler(respondTo: (call: AwsRequest) => Promise<AwsResponse>): HttpHandler {
  return {
    metadata: { handlerProtocol: 'in-process' },
    async handle(request, { abortSignal } = {}) {
      const { method, path, query, body } = request
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]),
      )
      const signal = abortSignal as AbortSignal | undefined
      if (signal?.aborted) throw abortError()
      const call: AwsRequest = {
        method,
        path,
        query: queryWithoutNulls(query),
        headers,
        body: bodyBytes(body),
        ...(signal && { signal }),
      }
      const { status, headers: responseHeaders, body: text } = await rejectOnAbort(respondTo(call), signal)
      return {
        response: new HttpResponse({
          statusCode: status,
          headers: responseHeaders,
          body: new TextEncoder().encode(text),
        }),
      }
    },
    destroy() {},
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
  }
}

function queryWithoutNulls(query: Record<string, string | string[] | null>): AwsRequest['query'] {
  return Object.fromEntries(Object.entries(query).map(([name, value]) => [name, value ?? '']))
}

function bodyBytes(body: unknown): Uint8Array {
  if (body === undefined || body === null) return new Uint8Array()
  if (body instanceof Uint8Array) return body
  if (typeof body === 'string') return new TextEncoder().encode(body)
  throw new TypeError('a streamed request body is not used by any action of AWS JSON or Query')
}

/** Rejects when the client aborts. As with a request over TCP, the work continues. */
async function rejectOnAbort<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work
  const { promise, reject } = Promise.withResolvers<never>()
  const onAbort = () => reject(abortError())
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([work, promise])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

function abortError(): DOMException {
  return new DOMException('Request aborted', 'AbortError')
}
