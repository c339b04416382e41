/**
 * Accepts WebSockets on a listener. Whatever a client sends or does not send, it can neither end the process nor keep
 * the listener from closing.
 */
import type { IncomingMessage, Server } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { WebSocket, WebSocketServer } from 'ws'
import { AwsError } from './aws-error.ts'
import { rejectWebPages } from './browser-guard.ts'
import { MAX_BODY_BYTES } from './request-body.ts'
import { requestHead } from './request-head.ts'

/** Finds the handler of WebSockets on a path. Undefined when the path has none. */
export type FindSocketHandler = (path: string) => ((socket: WebSocket) => void) | undefined

export interface Upgrades {
  /**
   * Ends the upgraded connections after their buffered data is sent. Node's server does not end upgraded connections.
   */
  close(): void
  /** Ends the upgraded connections now, because a client that reads nothing would keep them open. */
  destroy(): void
}

/** Accepts the upgrades of `server`, each with the handler of its path. */
export function acceptUpgrades(
  server: Server,
  findSocketHandler: FindSocketHandler,
  { host, onUnexpectedError }: { host: string; onUnexpectedError: (error: unknown) => void },
): Upgrades {
  /** The library is loaded at the first upgrade. */
  let webSockets: Promise<WebSocketServer> | undefined
  const upgraded = new Set<Socket>()

  async function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    rejectWebPages({ origin: request.headers.origin }, host)
    const handle = findSocketHandler(requestHead(request).path)
    if (!handle) throw new AwsError('NotFoundException', 'This path accepts no WebSocket.', { status: 404 })
    webSockets ??= import('ws').then(
      ({ WebSocketServer }) => new WebSocketServer({ noServer: true, maxPayload: MAX_BODY_BYTES }),
    )
    const webSocketServer = await webSockets
    if (!socket.destroyed)
      webSocketServer.handleUpgrade(request, socket, head, (webSocket) => {
        // A frame that violates the protocol emits an error. `close` follows and ends the session.
        webSocket.on('error', () => {})
        handle(webSocket)
      })
  }

  server.on('upgrade', (request: IncomingMessage, duplex: Duplex, head: Buffer) => {
    // Without TLS the stream is the connection itself.
    const socket = duplex as Socket
    // At an upgrade Node removes its own error listener. Without any, a connection reset would end the process.
    socket.on('error', () => socket.destroy())
    socket.once('close', () => upgraded.delete(socket))
    upgraded.add(socket)
    upgrade(request, socket, head).catch((error: unknown) => {
      if (!(error instanceof AwsError)) onUnexpectedError(error)
      rejectUpgrade(socket, error instanceof AwsError ? error.status : 500)
    })
  })

  return {
    close() {
      for (const socket of upgraded) socket.destroySoon()
    },
    destroy() {
      for (const socket of upgraded) socket.destroy()
    },
  }
}

const reasons: Record<number, string> = {
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  500: 'Internal Server Error',
}

function rejectUpgrade(socket: Duplex, status: number): void {
  if (socket.destroyed) return
  socket.once('finish', () => socket.destroy())
  socket.end(`HTTP/1.1 ${status} ${reasons[status]}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
}
