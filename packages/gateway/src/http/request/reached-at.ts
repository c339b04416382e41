/** How the client of a request has reached this process, for the names of cookies. */
import type { FastifyRequest } from 'fastify'
import type { ReachedAt } from './session-cookie.ts'

export function reachedAt({ raw, protocol }: FastifyRequest): ReachedAt {
  return { port: raw.socket.localPort ?? 0, isHttps: protocol === 'https' }
}
