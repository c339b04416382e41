/**
 * The client's address of a connection, stored when it opens: after the client has reset the connection, the system
 * does not know it any more.
 */
import type { Server } from 'node:http'
import type { Socket } from 'node:net'

const addresses = new WeakMap<Socket, string>()

export function rememberAddresses(server: Server): void {
  const opened = (socket: Socket) => addresses.set(socket, socket.remoteAddress ?? 'unknown')
  server.on('connection', opened)
  // With TLS, requests arrive on a socket above the connection's own.
  server.on('secureConnection', opened)
}

export function addressOf(socket: Socket): string {
  return addresses.get(socket) ?? 'unknown'
}
