/** The door for all others: AWS's protocols over TCP. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { WebSocket, WebSocketServer } from 'ws'
import { AwsError } from './aws-error.ts'
import { jsonError } from './aws-json.ts'
import { ConnectionCut } from './connection-cut.ts'
import type { Answer, Call } from './exchange.ts'

export interface Listener {
  /** `http://127.0.0.1:4566`. */
  url: string
  /** Takes no more requests, lets those under way end (for so long at most), and closes. */
  close(graceMs?: number): Promise<void>
}

// An ES import of it would load fetch too, for the names that it re-exports: some 15 ms of each start.
const { createServer } = process.getBuiltinModule('node:http')

// The largest request is PutLogEvents': 1 MiB of messages, of which JSON may write each byte as six, and 10,000 times what stands around one.
const MOST_BODY_BYTES = 8 * 1_048_576

/** Takes a WebSocket that a client opened; undefined where the path has none. */
export type TakeSocket = (path: string) => ((socket: WebSocket) => void) | undefined

export async function listenOn(
  { host, port }: { host: string; port: number },
  answer: (call: Call) => Promise<Answer>,
  takeSocket: TakeSocket = () => undefined,
): Promise<Listener> {
  const server = createServer(
    { keepAliveTimeout: 65_000, headersTimeout: 20_000, requestTimeout: 30_000, maxHeaderSize: 16_384 },
    (request, response) => {
      respond(request, response).catch((error: unknown) => {
        if (error instanceof ConnectionCut && error.answer !== undefined) sendHalf(response, error.answer)
        else request.socket.destroy()
      })
    },
  )
  // Not loaded before somebody wants one.
  let webSockets: Promise<WebSocketServer> | undefined
  server.on('upgrade', (request, socket, head) => {
    const take = takeSocket(new URL(request.url ?? '/', 'http://any').pathname)
    if (!take) return socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n')
    webSockets ??= import('ws').then(({ WebSocketServer }) => new WebSocketServer({ noServer: true, maxPayload: MOST_BODY_BYTES }))
    webSockets.then(
      (server) => server.handleUpgrade(request, socket, head, take),
      () => socket.destroy(),
    )
  })
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

/** The head says how much comes, and half of it does. */
function sendHalf(response: ServerResponse, answer: string): void {
  const bytes = Buffer.from(answer)
  response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1', 'content-length': bytes.length })
  response.write(bytes.subarray(0, Math.ceil(bytes.length / 2)), () => response.destroy())
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
