/**
 * The HTTP server's network settings: limits of a connection, TLS, and the proxies that are trusted to name the
 * client's address.
 */
import type { RequestListener } from 'node:http'
import type { FastifyServerOptions } from 'fastify'
import type { FastPath } from './fast-path.ts'
import type { RateLimit } from './rate-limit.ts'
import type { Sockets } from './sockets.ts'

/** Limits for one token, or for one address that sends no token (config/limits.ts). */
interface HttpLimits {
  streamsPerToken: number
  changesPerToken: number
  publicRequests: number
  failedLogins: number
}

interface Tls {
  /** PEM. */
  cert: string
  key: string
}

export interface HttpSettings {
  rateLimit: RateLimit
  limits: HttpLimits
  /** Without it, pages of other origins cannot read responses. */
  cors: { origins: string[] } | undefined
  tls: Tls | undefined
  /**
   * Requests must name loopback as their host. Set when a token is short: web pages could guess it by DNS rebinding.
   */
  isForLoopbackOnly?: boolean
  /** Addresses and networks of the proxies whose `X-Forwarded-For` is used. */
  trustProxy: string[]
}

export const maxUrlLength = 8000
const maxBodyBytes = 1024 * 1024
const maxHeaderBytes = 16 * 1024
/** The limit of one process: each connection needs some 20 KiB. */
export const maxConnections = 20_000

/**
 * The options of every server that Fastify opens. For `localhost` Fastify opens a server for each address.
 *
 * A request's head must arrive within 15 s, and all of it within 60 s.
 * @param fastPath gets every request first
 * @param sockets gets every upgrade to a WebSocket
 * @param onUnexpectedError called when a connection cannot be accepted; without a listener this error would end the
 *   process
 */
export function listeningOptions(
  { trustProxy, tls }: HttpSettings,
  fastPath: FastPath | undefined,
  sockets: Sockets,
  onUnexpectedError: (error: unknown) => void,
) {
  const http = {
    maxHeaderSize: maxHeaderBytes,
    // Node rejects a request without Host with no body. The gateway's own check responds with a problem.
    requireHostHeader: false,
    headersTimeout: 15_000,
    requestTimeout: 60_000,
    keepAliveTimeout: 72_000,
    connectionsCheckingInterval: 5_000,
    shouldUpgradeCallback: sockets.acceptsUpgrade,
  }
  const serverFactory = (router: RequestListener) => {
    const listener: RequestListener = fastPath
      ? (request, response) => {
          const admitted = fastPath.admit(request, response)
          if (admitted) fastPath.answer(admitted, () => router(request, response))
          else router(request, response)
        }
      : router
    const server = tls
      ? process.getBuiltinModule('node:https').createServer({ ...http, ...tls }, listener)
      : process.getBuiltinModule('node:http').createServer(http, listener)
    server.maxConnections = maxConnections
    server.on('upgrade', (request, socket, head) => sockets.route(request, { socket, head }, router))
    // An error before the server listens makes the start fail, so it needs no listener.
    server.once('listening', () => server.on('error', onUnexpectedError))
    return server
  }
  return {
    bodyLimit: maxBodyBytes,
    serverFactory,
    ...(trustProxy.length > 0 && { trustProxy }),
    ...(tls && { https: {} }),
  } satisfies FastifyServerOptions & { https?: object }
}
