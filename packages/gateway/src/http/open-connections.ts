/** Ends open connections when the server closes, so that a connection without a request does not delay the end. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { Server as TlsServer } from 'node:tls'

/** The time in which a request's head or a TLS handshake that has begun must be complete. */
const graceMs = 1_000

interface OpenConnection {
  /** The response to the last request. When it has been sent, all earlier responses have been sent, too. */
  response: ServerResponse | undefined
  /** Bytes received when the head of the last request had arrived. */
  bytesReadBefore: number
}

/**
 * Watches a server's connections.
 * @returns a function to call when the server accepts no new connections. It ends connections without a request at
 *   once, or after a second if bytes have arrived. The other connections end after their response
 */
export function watchConnections(server: Server): () => void {
  const open = new Map<Socket, OpenConnection>()
  /** Connections whose TLS handshake is not finished, by address. */
  const handshakes = new Map<string, Socket>()
  let isClosing = false
  const onOpen = (socket: Socket) => {
    open.set(socket, { response: undefined, bytesReadBefore: 0 })
    socket.once('close', () => open.delete(socket))
  }
  const onHandshake = (socket: Socket) => {
    onOpen(socket)
    const name = nameOf(socket)
    handshakes.set(name, socket)
    socket.once('close', () => handshakes.get(name) === socket && handshakes.delete(name))
  }
  /** With TLS, requests arrive on another socket than the connection's own, which it replaces in `open`. */
  const onSecureConnection = (socket: Socket) => {
    const name = nameOf(socket)
    const raw = handshakes.get(name)
    if (raw) open.delete(raw)
    handshakes.delete(name)
    onOpen(socket)
  }
  const onRequest = ({ socket }: IncomingMessage, response: ServerResponse) => {
    const connection = open.get(socket)
    if (!connection) return
    connection.response = response
    connection.bytesReadBefore = socket.bytesRead
    if (isClosing) endAfter(response, socket)
  }
  if (server instanceof TlsServer) server.on('connection', onHandshake).on('secureConnection', onSecureConnection)
  else server.on('connection', onOpen)
  server.prependListener('request', onRequest)
  const endIdle = (isToEnd: (socket: Socket, connection: OpenConnection) => boolean) => {
    for (const [socket, connection] of open)
      if (!isAnswering(connection) && isToEnd(socket, connection)) socket.destroy()
  }
  return () => {
    isClosing = true
    for (const [socket, { response }] of open) if (response) endAfter(response, socket)
    endIdle((socket, { bytesReadBefore }) => socket.bytesRead === bytesReadBefore)
    setTimeout(() => endIdle(() => true), graceMs).unref()
  }
}

function isAnswering({ response }: OpenConnection): boolean {
  return response !== undefined && !response.closed
}

function endAfter(response: ServerResponse, socket: Socket): void {
  response.once('close', () => socket.destroySoon())
}

/**
 * Ends the connection after the response is written, and discards bytes that arrive within a second. Unread bytes would
 * make the system reset the connection before the client has read the response (RFC 9112, "Tear-down").
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
