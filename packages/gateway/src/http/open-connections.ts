/** The connections that are open, and their end when the server is to close: one that asks nothing must not hold it up. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { Server as TlsServer } from 'node:tls'

/** What has begun to come, a request's head or a TLS handshake, may still take so long. */
const graceMs = 1_000

interface Open {
  /** The last one: where it has ended, so have those before it. */
  response: ServerResponse | undefined
  /** What had come with the last request's head. */
  readBefore: number
}

/**
 * Watches a server's connections.
 * @returns to be called once the server takes no new ones: ends those without a request, at once or after a second where something has
 * begun to come; others end with their answer
 */
export function watchConnections(server: Server): () => void {
  const open = new Map<Socket, Open>()
  /** Those whose TLS handshake is not over, by their addresses. */
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
  /** The socket of requests lies over the connection's own, and stands for it from now on. */
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
 * Once the answer is written the connection ends, and what still comes is read and thrown away for a second: ended at once, with something
 * unread, the system would take back from the client the answer that it has not read yet (RFC 9112, "Tear-down").
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
