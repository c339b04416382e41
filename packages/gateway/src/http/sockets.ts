/**
 * WebSockets (RFC 6455). An upgrade goes through the router like every request, so that limits, checks, the log and
 * problems are the same. A handler that returns an `Upgrade` turns the connection into a WebSocket.
 *
 * Node passes only the paths of such routes here; on other paths a request to upgrade is answered as if it had not asked.
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { WebSocket, WebSocketServer } from 'ws'
import { BadRequest, UpgradeRequired } from '../problems/problem.ts'
import type { Upgrade } from './answer.ts'
import type { Route } from './route.ts'

/** A larger message closes the WebSocket with 1009. */
const maxMessageBytes = 1_048_576

interface Upgrading {
  socket: Duplex
  /** Bytes that arrived behind the request. */
  head: Buffer
}

// An import would read every export of the module, and the getter of WebSocket loads Node's whole fetch (0111).
const http = process.getBuiltinModule('node:http')

export class Sockets {
  readonly #routes: readonly Route[]
  readonly #upgrading = new WeakMap<IncomingMessage, Upgrading>()
  /** Loaded at the first upgrade. */
  #webSocketServer: Promise<WebSocketServer> | undefined

  constructor(routes: readonly Route[]) {
    this.#routes = routes
  }

  /** Whether the request is for a route with WebSockets. */
  readonly takes = ({ url = '', headers }: IncomingMessage): boolean => {
    if (headers.upgrade?.toLowerCase() !== 'websocket') return false
    const path = url.replace(/\?.*$/s, '')
    return this.#routes.some(
      (route) => route.schema.subprotocol !== undefined && path.startsWith(route.path.replace(/:.*$/, '')),
    )
  }

  /** Gives the request to the router, with a response that is written to the connection when nothing upgrades it. */
  route(request: IncomingMessage, upgrading: Upgrading, router: RequestListener): void {
    const { socket } = upgrading
    // Without a listener, a connection that the client resets would end the process.
    socket.on('error', () => socket.destroy())
    this.#upgrading.set(request, upgrading)
    const response = new http.ServerResponse(request)
    response.shouldKeepAlive = false
    response.assignSocket(socket as Parameters<ServerResponse['assignSocket']>[0])
    response.once('finish', () => socket.end())
    router(request, response)
  }

  /** @throws UpgradeRequired, BadRequest `InvalidHeader`: the request cannot become a WebSocket with the subprotocol */
  require({ raw, headers }: FastifyRequest, subprotocol: string): void {
    if (!this.#upgrading.has(raw)) {
      throw new UpgradeRequired('UpgradeRequired', 'This path takes WebSockets only.', {
        headers: { upgrade: 'websocket' },
      })
    }
    const offered = String(headers['sec-websocket-protocol'] ?? '').split(/\s*,\s*/)
    if (offered.includes(subprotocol)) return
    const message = `must offer ${subprotocol}`
    throw new BadRequest('InvalidHeader', `Sec-WebSocket-Protocol ${message}.`, {
      errors: [{ in: 'header', name: 'Sec-WebSocket-Protocol', message }],
    })
  }

  /** Completes the upgrade. @param onOpen called before the client can send anything */
  async accept(
    request: FastifyRequest,
    reply: FastifyReply,
    { begin, onGone }: Upgrade,
    subprotocol: string,
    onOpen: () => void,
  ): Promise<void> {
    const upgrading = this.#upgrading.get(request.raw)
    if (!upgrading) throw new Error('the request is no upgrade')
    this.#webSocketServer ??= import('ws').then(
      ({ WebSocketServer }) =>
        new WebSocketServer({
          noServer: true,
          maxPayload: maxMessageBytes,
          handleProtocols: () => subprotocol,
        }),
    )
    const server = await this.#webSocketServer
    const { socket, head } = upgrading
    reply.hijack()
    // A request that is no valid upgrade is answered by the library, and the connection closes.
    if (socket.destroyed) return onGone()
    socket.once('close', onGone)
    reply.raw.detachSocket(socket as Parameters<ServerResponse['detachSocket']>[0])
    server.handleUpgrade(request.raw, socket, head, (webSocket: WebSocket) => {
      // `close` follows every error, such as a frame that violates the protocol.
      webSocket.on('error', () => {})
      socket.off('close', onGone)
      onOpen()
      begin(webSocket)
    })
  }
}
