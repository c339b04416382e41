/** The listener for clients in other processes: AWS's protocols over TCP. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { rejectWebPages } from './browser-guard.ts'
import { ConnectionCut } from './connection-cut.ts'
import type { Answer, Call } from './exchange.ts'
import { bodyReader } from './request-body.ts'
import { requestHead } from './request-head.ts'
import { acceptUpgrades, type TakeSocket, type Upgrades } from './upgrades.ts'

export interface Listener {
  /** `http://127.0.0.1:4566`. */
  url: string
  /** Takes no more requests, lets those under way end (for so long at most), and closes. WebSockets end after what was written to them is sent. */
  close(graceMs?: number): Promise<void>
}

// An ES import of it would load fetch too, for the names that it re-exports: some 15 ms of each start.
const { createServer } = process.getBuiltinModule('node:http')

/** Each connection costs some 20 KiB. */
const MAX_CONNECTIONS = 2000
/** A response to a request whose body was not read: so long the rest of the body is read and thrown away. */
const LINGER_MS = 1000

export interface ListenerDeps {
  answer: (call: Call) => Promise<Answer>
  /** Checks a request before its body is read. @throws AwsError for a request that cannot be answered, whatever its body is. */
  admit: (head: Call) => void
  /** The response to a request that was rejected before its body was read. */
  reject: (error: unknown, head: Call) => Answer
  /** Whether requests that a web page may have sent are rejected: needed where signatures are not verified. */
  rejectsWebPages: boolean
  takeSocket?: TakeSocket
  onFault: (error: unknown) => void
}

export async function listenOn({ host, port }: { host: string; port: number }, parts: ListenerDeps): Promise<Listener> {
  const { answer, admit, reject, rejectsWebPages, takeSocket = () => undefined, onFault } = parts
  const bodies = bodyReader()
  const server = createServer(
    { keepAliveTimeout: 65_000, headersTimeout: 20_000, requestTimeout: 30_000, maxHeaderSize: 16_384 },
    (request, response) => {
      respond(request, response).catch((error: unknown) => {
        if (error instanceof ConnectionCut && error.answer !== undefined) sendHalf(response, error.answer)
        else {
          if (!(error instanceof ConnectionCut)) onFault(error)
          request.socket.destroy()
        }
      })
    },
  )
  server.maxConnections = MAX_CONNECTIONS
  const upgrades = acceptUpgrades(server, takeSocket, { host, onFault })

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const gone = new AbortController()
    response.once('close', () => gone.abort())
    response.on('error', () => gone.abort())
    const head = requestHead(request)
    const { status, headers, body } = await answerTo(request, head, gone.signal).catch((error) => reject(error, head))
    if (!server.listening) response.setHeader('connection', 'close')
    if (!request.complete) endAfterResponse(request, response)
    response.writeHead(status, headers).end(body)
  }

  async function answerTo(request: IncomingMessage, head: Call, gone: AbortSignal): Promise<Answer> {
    if (rejectsWebPages) rejectWebPages(head.headers, host)
    admit(head)
    return bodies.withBody(request, (body) => answer({ ...head, body, gone }))
  }

  await new Promise<void>((resolve, failed) => {
    server.once('error', failed)
    server.listen(port, host, resolve)
  })
  server.on('error', onFault)
  const { port: bound } = server.address() as AddressInfo
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    close: (graceMs = 5000) => {
      upgrades.close()
      return drain(server, graceMs, upgrades)
    },
  }
}

/** The client may still be sending the body: closing at once would take the response back from it (RFC 9112, "Tear-down"). */
function endAfterResponse(request: IncomingMessage, response: ServerResponse): void {
  const { socket } = request
  response.setHeader('connection', 'close')
  request.on('error', () => {})
  request.resume()
  socket.destroySoon = () => {
    socket.end()
    setTimeout(() => socket.destroy(), LINGER_MS).unref()
  }
}

/** The head says how much comes, and half of it does. */
function sendHalf(response: ServerResponse, answer: string): void {
  const bytes = Buffer.from(answer)
  response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1', 'content-length': bytes.length })
  response.write(bytes.subarray(0, Math.ceil(bytes.length / 2)), () => response.destroy())
}

async function drain(server: Server, graceMs: number, upgrades: Upgrades): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeIdleConnections()
  const timer = setTimeout(() => {
    server.closeAllConnections()
    upgrades.destroy()
  }, graceMs)
  await closed
  clearTimeout(timer)
}
