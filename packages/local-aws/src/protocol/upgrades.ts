/** WebSockets on the listener: the upgrade of a request, guarded against everything that a client can send or stop sending. */
import type { IncomingMessage, Server } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { WebSocket, WebSocketServer } from 'ws'
import { AwsError } from './aws-error.ts'
import { rejectWebPages } from './browser-guard.ts'
import { MAX_BODY_BYTES } from './request-body.ts'
import { requestHead } from './request-head.ts'

/** Takes a WebSocket that a client opened; undefined where the path has none. */
export type TakeSocket = (path: string) => ((socket: WebSocket) => void) | undefined

export interface Upgrades {
  /** Ends the connections that were upgraded, once what was written to them is sent: Node's server no longer ends them itself. */
  close(): void
  /** Ends them now: a client that reads nothing takes nothing more. */
  destroy(): void
}

/** Answers `server`'s upgrades, each by the taker of its path. */
export function acceptUpgrades(
  server: Server,
  takeSocket: TakeSocket,
  { host, onFault }: { host: string; onFault: (error: unknown) => void },
): Upgrades {
  // Not loaded before somebody wants one.
  let webSockets: Promise<WebSocketServer> | undefined
  const upgraded = new Set<Socket>()

  async function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    rejectWebPages({ origin: request.headers.origin }, host)
    const take = takeSocket(requestHead(request).path)
    if (!take) throw new AwsError('NotFoundException', 'This path takes no WebSocket.', { status: 404 })
    webSockets ??= import('ws').then(
      ({ WebSocketServer }) => new WebSocketServer({ noServer: true, maxPayload: MAX_BODY_BYTES }),
    )
    const accepting = await webSockets
    if (!socket.destroyed)
      accepting.handleUpgrade(request, socket, head, (opened) => {
        // A frame that breaks the protocol emits an error; `close` follows and ends the session.
        opened.on('error', () => {})
        take(opened)
      })
  }

  server.on('upgrade', (request: IncomingMessage, duplex: Duplex, head: Buffer) => {
    // Of a server without TLS it is the connection itself.
    const socket = duplex as Socket
    // Node takes its own listener away with the upgrade; without one a reset ends the process.
    socket.on('error', () => socket.destroy())
    socket.once('close', () => upgraded.delete(socket))
    upgraded.add(socket)
    upgrade(request, socket, head).catch((error: unknown) => {
      if (!(error instanceof AwsError)) onFault(error)
      reject(socket, error instanceof AwsError ? error.status : 500)
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

function reject(socket: Duplex, status: number): void {
  if (socket.destroyed) return
  socket.once('finish', () => socket.destroy())
  socket.end(`HTTP/1.1 ${status} ${reasons[status]}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
}
