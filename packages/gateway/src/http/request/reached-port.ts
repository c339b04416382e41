/** How the client of a request has reached this process, for the names of cookies. */
import type { FastifyRequest } from 'fastify'
import type { ReachedPort } from './session-cookie.ts'

export function reachedPort({ raw, protocol }: FastifyRequest): ReachedPort {
  return { port: raw.socket.localPort ?? 0, isHttps: protocol === 'https' }
}
