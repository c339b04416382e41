/** The address of a connection's other end, kept from its opening: once a client has reset the connection, the system does not say any more. */
import type { Server } from 'node:http'
import type { Socket } from 'node:net'

const addresses = new WeakMap<Socket, string>()

export function rememberAddresses(server: Server): void {
  const opened = (socket: Socket) => addresses.set(socket, socket.remoteAddress ?? 'unknown')
  server.on('connection', opened)
  // Of a server with TLS, requests come on the socket that lies over the connection's.
  server.on('secureConnection', opened)
}

export function addressOf(socket: Socket): string {
  return addresses.get(socket) ?? 'unknown'
}
