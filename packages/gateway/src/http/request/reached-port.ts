/** The port and protocol by which a request reached this process: names of cookies contain them. */
import type { FastifyRequest } from 'fastify'
import type { ReachedPort } from './session-cookie.ts'

export function reachedPort({ raw, protocol }: FastifyRequest): ReachedPort {
  return { port: raw.socket.localPort ?? 0, isHttps: protocol === 'https' }
}
