/** How the front door meets the network: limits on what one connection may cost, TLS, whom to believe about a client's address. */
import type { RequestListener } from 'node:http'
import type { FastifyServerOptions } from 'fastify'
import type { FastPath } from './fast-path.ts'
import type { RateLimit } from './rate-limit.ts'

/** Bounds on what one token, or one address without a token, may cost (config/limits.ts). */
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
  /** Without it no page of another origin may read answers. */
  cors: { origins: string[] } | undefined
  tls: Tls | undefined
  /** Addresses and networks of the proxies whose `X-Forwarded-For` is believed. */
  trustProxy: string[]
}

export const maxUrlLength = 8000
const maxBodyBytes = 1024 * 1024
const maxHeaderBytes = 16 * 1024
/** Of one process: each costs some 20 KiB. */
export const maxConnections = 20_000

/**
 * The options of every server that Fastify opens: for `localhost` it opens one for each of its addresses.
 *
 * A request's head must be there within 15 s and the whole of it within 60 s, however slowly it drips.
 * @param fastPath the way that requests go first
 * @param onFault told where a connection cannot be accepted; without a listener that error would end the process
 */
export function listeningOptions(
  { trustProxy, tls }: HttpSettings,
  fastPath: FastPath | undefined,
  onFault: (error: unknown) => void,
) {
  const http = {
    maxHeaderSize: maxHeaderBytes,
    // Node's own refusal of a request without Host has no body; ours does.
    requireHostHeader: false,
    headersTimeout: 15_000,
    requestTimeout: 60_000,
    keepAliveTimeout: 72_000,
    connectionsCheckingInterval: 5_000,
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
    // An error before it listens is the start's own.
    server.once('listening', () => server.on('error', onFault))
    return server
  }
  return {
    bodyLimit: maxBodyBytes,
    serverFactory,
    ...(trustProxy.length > 0 && { trustProxy }),
    ...(tls && { https: {} }),
  } satisfies FastifyServerOptions & { https?: object }
}
