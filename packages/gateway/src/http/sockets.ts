/**
 * WebSockets (RFC 6455). An upgrade goes through the router like every request, so that limits, checks, the log and
 * problems are the same. A handler that returns an `Upgrade` turns the connection into a WebSocket.
 *
 * Node passes only upgrades on the paths of such routes to this class. On other paths the upgrade is ignored.
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { WebSocket, WebSocketServer } from 'ws'
import { BadRequest, UpgradeRequired } from '../problems/problem.ts'
import type { Upgrade } from './response/answer.ts'
import type { Route } from './route.ts'

/** A larger message closes the WebSocket with 1009. */
const maxMessageBytes = 1_048_576

interface PendingUpgrade {
  socket: Duplex
  /** Bytes that arrived after the request. */
  head: Buffer
}

// `node:http` also exports WebSocket, through a getter that loads Node's whole fetch. An import would call the getter
// (docs/decisions/0111).
const http = process.getBuiltinModule('node:http')

export class Sockets {
  readonly #routes: readonly Route[]
  readonly #subprotocols = new WeakMap<IncomingMessage, string>()
  readonly #pendingUpgrades = new WeakMap<IncomingMessage, PendingUpgrade>()
  /** Loaded at the first upgrade. */
  #webSocketServer: Promise<WebSocketServer> | undefined

  /** @param routes all routes of the server; more may be added until it listens */
  constructor(routes: readonly Route[]) {
    this.#routes = routes
  }

  /** Whether the request is an upgrade to a WebSocket on the path of a route that has one. */
  readonly acceptsUpgrade = ({ url = '', headers }: IncomingMessage): boolean => {
    if (headers.upgrade?.toLowerCase() !== 'websocket') return false
    const segments = url.replace(/\?.*$/s, '').split('/')
    return this.#routes.some(
      (route) => route.schema.subprotocol !== undefined && isPathOf(route.path.split('/'), segments),
    )
  }

  /** Passes the request to the router, with a response that is written to the connection unless it is upgraded. */
  route(request: IncomingMessage, upgrading: PendingUpgrade, router: RequestListener): void {
    const { socket } = upgrading
    // Without a listener, a connection that the client resets would end the process.
    socket.on('error', () => socket.destroy())
    this.#pendingUpgrades.set(request, upgrading)
    const response = new http.ServerResponse(request)
    response.shouldKeepAlive = false
    response.assignSocket(socket as Parameters<ServerResponse['assignSocket']>[0])
    response.once('finish', () => socket.end())
    router(request, response)
  }

  /** @throws UpgradeRequired, BadRequest `InvalidHeader`: the request cannot become a WebSocket with the subprotocol */
  requireUpgrade({ raw, headers }: FastifyRequest, subprotocol: string): void {
    if (!this.#pendingUpgrades.has(raw)) {
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
    { begin, onClientGone }: Upgrade,
    subprotocol: string,
    onOpen: () => void,
  ): Promise<void> {
    const upgrading = this.#pendingUpgrades.get(request.raw)
    if (!upgrading) throw new Error('the request is no upgrade')
    this.#webSocketServer ??= import('ws').then(
      ({ WebSocketServer }) =>
        new WebSocketServer({
          noServer: true,
          maxPayload: maxMessageBytes,
          handleProtocols: (_, request) => this.#subprotocols.get(request) ?? false,
        }),
    )
    const server = await this.#webSocketServer
    const { socket, head } = upgrading
    reply.hijack()
    if (socket.destroyed) return onClientGone()
    // The library `ws` rejects a request that is no valid upgrade: it sends the response and closes the connection.
    socket.once('close', onClientGone)
    this.#subprotocols.set(request.raw, subprotocol)
    reply.raw.detachSocket(socket as Parameters<ServerResponse['detachSocket']>[0])
    server.handleUpgrade(request.raw, socket, head, (webSocket: WebSocket) => {
      // `close` follows every error, such as a frame that violates the protocol.
      webSocket.on('error', () => {})
      socket.off('close', onClientGone)
      onOpen()
      begin(webSocket)
    })
  }
}

function isPathOf(routeSegments: readonly string[], segments: readonly string[]): boolean {
  return (
    routeSegments.length === segments.length &&
    routeSegments.every((segment, i) => segment.startsWith(':') || segment === segments[i])
  )
}
