/**
 * A transport over `node:http` and `node:https`. Connections stay open for later requests, but an open connection does
 * not keep the process running.
 */
import type { Agent, ClientRequest, IncomingMessage, request as RequestFunction } from 'node:http'
import { createRequire } from 'node:module'
import type { ByteReader, Transport, TransportRequest, TransportResponse } from '../transport.ts'

export interface NodeTransportOptions {
  /** Certificates (PEM) to trust beside Node's own, such as those of a company. */
  ca?: string | Uint8Array | (string | Uint8Array)[]
}

type Https = typeof import('node:https')
type Tls = typeof import('node:tls')

/**
 * Loads `node:https` and `node:tls` at the first `https:` URL, and `node:http` at once: an `import` of it would read
 * all its exports, and `WebSocket` among them loads Node's whole fetch (28 ms instead of 4).
 */
const requireModule = createRequire(import.meta.url)
const http = requireModule('node:http') as typeof import('node:http')

/** @example createClient({ url, token, fetch: nodeTransport() }) */
export function nodeTransport({ ca }: NodeTransportOptions = {}): Transport {
  const agent = new http.Agent({ keepAlive: true })
  let tls: { agent: Agent; request: typeof RequestFunction } | undefined
  const overTls = () => {
    if (tls) return tls
    const https = requireModule('node:https') as Https
    const { rootCertificates } = requireModule('node:tls') as Tls
    const additional =
      ca === undefined ? [] : [ca].flat().map((pem) => (typeof pem === 'string' ? pem : Buffer.from(pem)))
    const trusted = ca === undefined ? {} : { ca: [...rootCertificates, ...additional] }
    tls = {
      agent: new https.Agent({ keepAlive: true, ...trusted }),
      request: https.request as typeof RequestFunction,
    }
    return tls
  }
  return (url, transportRequest) => {
    const agentAndRequest = url.startsWith('https:') ? overTls() : { agent, request: http.request }
    return exchange(url, transportRequest, agentAndRequest)
  }
}

function exchange(
  url: string,
  { method, headers, body, signal }: TransportRequest,
  { agent, request }: { agent: Agent; request: typeof RequestFunction },
): Promise<TransportResponse> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const clientRequest: ClientRequest = request(url, { method, headers, agent }, (response) => {
      response.once('close', stopListening)
      resolve(responseOf(response, signal))
    })
    // Destroying the request destroys the response, too, and ends its body with the reason.
    const onAbort = () => clientRequest.destroy(errorOf(signal?.reason))
    const stopListening = () => signal?.removeEventListener('abort', onAbort)
    signal?.addEventListener('abort', onAbort, { once: true })
    clientRequest.on('error', (error) => {
      stopListening()
      reject(signal?.aborted ? signal.reason : error)
    })
    clientRequest.end(body)
  })
}

/** `destroy` takes errors only; the caller throws the signal's own reason. */
function errorOf(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason))
}

function responseOf(response: IncomingMessage, signal: AbortSignal | undefined): TransportResponse {
  const { statusCode = 0, headers } = response
  return {
    status: statusCode,
    headers: {
      get: (name) => {
        const value = headers[name.toLowerCase()]
        return value === undefined ? null : String(value)
      },
    },
    text: async () => {
      const chunks: Buffer[] = []
      try {
        for await (const chunk of response) chunks.push(chunk as Buffer)
      } catch (error) {
        signal?.throwIfAborted()
        throw error
      }
      return Buffer.concat(chunks).toString()
    },
    body: { getReader: () => readerOf(response, signal) },
  }
}

function readerOf(response: IncomingMessage, signal: AbortSignal | undefined): ByteReader {
  const chunks = response[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>
  return {
    read: async () => {
      try {
        const { done = false, value } = await chunks.next()
        return { done, value: done ? undefined : value }
      } catch (error) {
        signal?.throwIfAborted()
        throw error
      }
    },
    cancel: async () => {
      response.destroy()
    },
  }
}
