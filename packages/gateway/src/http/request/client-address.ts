/**
 * The client's address of a connection. It is stored when the connection opens, because the system forgets it when the
 * client resets the connection.
 */
import type { Server } from 'node:http'
import type { Socket } from 'node:net'

const addresses = new WeakMap<Socket, string>()

export function rememberAddresses(server: Server): void {
  const storeAddress = (socket: Socket) => addresses.set(socket, socket.remoteAddress ?? 'unknown')
  server.on('connection', storeAddress)
  // With TLS, requests arrive on another socket than the connection's own.
  server.on('secureConnection', storeAddress)
}

export function addressOf(socket: Socket): string {
  return addresses.get(socket) ?? 'unknown'
}
