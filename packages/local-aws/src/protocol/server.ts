/** The door for all others: AWS's protocols over TCP. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { AwsError } from './aws-error.ts'
import { jsonError } from './aws-json.ts'
import type { Answer, Call } from './exchange.ts'

export interface Listener {
  /** `http://127.0.0.1:4566`. */
  url: string
  /** Takes no more requests, lets those under way end (for so long at most), and closes. */
  close(graceMs?: number): Promise<void>
}

// The largest request is PutLogEvents': 1 MiB of messages, of which JSON may write each byte as six, and 10,000 times what stands around one.
const MOST_BODY_BYTES = 8 * 1_048_576

export async function listenOn({ host, port }: { host: string; port: number }, answer: (call: Call) => Promise<Answer>): Promise<Listener> {
  const server = createServer(
    { keepAliveTimeout: 65_000, headersTimeout: 20_000, requestTimeout: 30_000, maxHeaderSize: 16_384 },
    (request, response) => {
      respond(request, response).catch(() => request.socket.destroy())
    },
  )
  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, headers, body } = await readCall(request).then(answer, jsonError)
    if (!server.listening || !request.complete) response.setHeader('connection', 'close')
    response.writeHead(status, headers).end(body)
  }
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const { port: bound } = server.address() as AddressInfo
  return { url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`, close: (graceMs = 5000) => drain(server, graceMs) }
}

async function readCall(request: IncomingMessage): Promise<Call> {
  const chunks: Buffer[] = []
  let size = 0
  // A request that is too large is answered, not cut off.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MOST_BODY_BYTES)
      throw new AwsError('RequestEntityTooLargeException', `A request can have at most ${MOST_BODY_BYTES} bytes.`, { status: 413 })
    chunks.push(chunk)
  }
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://any')
  const headers = Object.entries(request.headers).map(([name, value]): [string, string] => [name, String(value)])
  return {
    method: request.method ?? 'POST',
    path: pathname,
    query: Object.fromEntries(searchParams),
    headers: Object.fromEntries(headers),
    body: Buffer.concat(chunks),
  }
}

async function drain(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeIdleConnections()
  const timer = setTimeout(() => server.closeAllConnections(), graceMs)
  await closed
  clearTimeout(timer)
}
