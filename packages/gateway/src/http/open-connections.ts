/** Open connections, and how they end when the server closes: a connection without a request must not delay the end. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { Server as TlsServer } from 'node:tls'

/** How long a request's head or a TLS handshake that has begun may still take. */
const graceMs = 1_000

interface Open {
  /** The last response: when it has been sent, all earlier ones have. */
  response: ServerResponse | undefined
  /** Bytes received when the head of the last request had arrived. */
  readBefore: number
}

/**
 * Watches a server's connections.
 * @returns a function to call once the server accepts no new connections: it ends connections without a request, at
 *   once or after a second where bytes have arrived; the others end with their response
 */
export function watchConnections(server: Server): () => void {
  const open = new Map<Socket, Open>()
  /** Connections whose TLS handshake is not finished, by address. */
  const shaking = new Map<string, Socket>()
  let isClosing = false
  const opened = (socket: Socket) => {
    open.set(socket, { response: undefined, readBefore: 0 })
    socket.once('close', () => open.delete(socket))
  }
  const begun = (socket: Socket) => {
    opened(socket)
    const name = nameOf(socket)
    shaking.set(name, socket)
    socket.once('close', () => shaking.get(name) === socket && shaking.delete(name))
  }
  /** With TLS, requests arrive on a socket above the connection's own; it stands for the connection from now on. */
  const secured = (socket: Socket) => {
    const name = nameOf(socket)
    const raw = shaking.get(name)
    if (raw) open.delete(raw)
    shaking.delete(name)
    opened(socket)
  }
  const asked = ({ socket }: IncomingMessage, response: ServerResponse) => {
    const connection = open.get(socket)
    if (!connection) return
    connection.response = response
    connection.readBefore = socket.bytesRead
    if (isClosing) endAfter(response, socket)
  }
  if (server instanceof TlsServer) server.on('connection', begun).on('secureConnection', secured)
  else server.on('connection', opened)
  server.prependListener('request', asked)
  const end = (which: (socket: Socket, connection: Open) => boolean) => {
    for (const [socket, connection] of open) if (!isAnswering(connection) && which(socket, connection)) socket.destroy()
  }
  return () => {
    isClosing = true
    for (const [socket, { response }] of open) if (response) endAfter(response, socket)
    end((socket, { readBefore }) => socket.bytesRead === readBefore)
    setTimeout(() => end(() => true), graceMs).unref()
  }
}

function isAnswering({ response }: Open): boolean {
  return response !== undefined && !response.closed
}

function endAfter(response: ServerResponse, socket: Socket): void {
  response.once('close', () => socket.destroySoon())
}

/**
 * Ends the connection once the response is written, and discards for a second what still arrives. Without that, unread
 * bytes would make the system reset the connection before the client has read the response (RFC 9112, "Tear-down").
 */
export function endGently(socket: Socket): void {
  socket.destroySoon = () => {
    socket.end()
    setTimeout(() => socket.destroy(), graceMs).unref()
  }
}

function nameOf({ remoteAddress, remotePort, localAddress, localPort }: Socket): string {
  return [remoteAddress, remotePort, localAddress, localPort].join(' ')
}
