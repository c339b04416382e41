/** The listener for clients in other processes, which use AWS's protocols over TCP. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { rejectWebPages } from './browser-guard.ts'
import { ConnectionCut } from './connection-cut.ts'
import type { AwsRequest, AwsResponse } from './exchange.ts'
import { createBodyReader } from './request-body.ts'
import { requestHead } from './request-head.ts'
import { acceptUpgrades, type FindSocketHandler, type Upgrades } from './upgrades.ts'

export interface Listener {
  /** `http://127.0.0.1:4566`. */
  url: string
  /**
   * Accepts no more requests, waits at most `graceMs` for requests in progress, and closes. WebSockets end after their
   * buffered data is sent.
   */
  close(graceMs?: number): Promise<void>
}

// An ES import would also load fetch, because the module re-exports it: about 15 ms at each start.
const { createServer } = process.getBuiltinModule('node:http')

/** Each connection takes about 20 KiB of memory. */
const MAX_CONNECTIONS = 2000
/** After a response to a request whose body was not read, the rest of the body is read and discarded for this time. */
const LINGER_MS = 1000

export interface ListenerDeps {
  respondTo: (call: AwsRequest) => Promise<AwsResponse>
  /**
   * Checks the head of a request before its body is read.
   * @throws AwsError for a request that must be rejected whatever its body is.
   */
  checkHead: (head: AwsRequest) => void
  /** Returns the response to a request that is rejected before its body is read. */
  rejectionResponse: (error: unknown, head: AwsRequest) => AwsResponse
  /** Whether to reject requests that a web page may have sent. Needed where signatures are not verified. */
  rejectsWebPages: boolean
  findSocketHandler?: FindSocketHandler
  onUnexpectedError: (error: unknown) => void
}

/**
 * Starts a listener. Port 0 picks a free port.
 * @throws Error when it cannot listen at the address.
 */
export async function openListener(
  { host, port }: { host: string; port: number },
  deps: ListenerDeps,
): Promise<Listener> {
  const {
    respondTo,
    checkHead,
    rejectionResponse,
    rejectsWebPages,
    findSocketHandler = () => undefined,
    onUnexpectedError,
  } = deps
  const bodies = createBodyReader()
  const server = createServer(
    { keepAliveTimeout: 65_000, headersTimeout: 20_000, requestTimeout: 30_000, maxHeaderSize: 16_384 },
    (request, response) => {
      respond(request, response).catch((error: unknown) => {
        if (error instanceof ConnectionCut && error.responseBody !== undefined) sendHalf(response, error.responseBody)
        else {
          if (!(error instanceof ConnectionCut)) onUnexpectedError(error)
          request.socket.destroy()
        }
      })
    },
  )
  server.maxConnections = MAX_CONNECTIONS
  const upgrades = acceptUpgrades(server, findSocketHandler, { host, onUnexpectedError })

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const client = new AbortController()
    response.once('close', () => client.abort())
    response.on('error', () => client.abort())
    const head = requestHead(request)
    const { status, headers, body } = await readAndRespond(request, head, client.signal).catch((error) =>
      rejectionResponse(error, head),
    )
    if (!server.listening) response.setHeader('connection', 'close')
    if (!request.complete) endAfterResponse(request, response)
    response.writeHead(status, headers).end(body)
  }

  async function readAndRespond(request: IncomingMessage, head: AwsRequest, signal: AbortSignal): Promise<AwsResponse> {
    if (rejectsWebPages) rejectWebPages(head.headers, host)
    checkHead(head)
    return bodies.withBody(request, (body) => respondTo({ ...head, body, signal }))
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  server.on('error', onUnexpectedError)
  const { port: boundPort } = server.address() as AddressInfo
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${boundPort}`,
    close: (graceMs = 5000) => {
      upgrades.close()
      return closeServer(server, graceMs, upgrades)
    },
  }
}

/** The client may still be sending the body. Closing at once could discard the response (RFC 9112, "Tear-down"). */
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

/** Sends half of the body that the head announces, then closes the connection. */
function sendHalf(response: ServerResponse, answer: string): void {
  const bytes = Buffer.from(answer)
  response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1', 'content-length': bytes.length })
  response.write(bytes.subarray(0, Math.ceil(bytes.length / 2)), () => response.destroy())
}

async function closeServer(server: Server, graceMs: number, upgrades: Upgrades): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeIdleConnections()
  const timer = setTimeout(() => {
    server.closeAllConnections()
    upgrades.destroy()
  }, graceMs)
  await closed
  clearTimeout(timer)
}
