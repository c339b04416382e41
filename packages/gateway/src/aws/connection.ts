/**
 * The network connections of this process to AWS: agents, proxy, private certificate authorities, time limits. The SDK
 * ignores HTTPS_PROXY, so Node's own agents read it here.
 */
import { getCACertificates } from 'node:tls'
import type { NodeHttpHandlerOptions } from '@smithy/types'

const { Agent: HttpAgent } = process.getBuiltinModule('node:http')
const { Agent: HttpsAgent } = process.getBuiltinModule('node:https')

export interface ConnectionSettings {
  /** URL of a proxy for all calls; without it HTTPS_PROXY, HTTP_PROXY and NO_PROXY decide. */
  proxy?: string | undefined
  /** PEM of certificate authorities to trust in addition to Node's. */
  ca?: string | undefined
  timeouts?: Timeouts | undefined
}

interface Timeouts {
  /** The longest time to connect; 3 s by default. */
  connectMs?: number | undefined
  /** The longest time until the response to one attempt; 15 s by default. */
  answerMs?: number | undefined
  /** The time from the start of a call after which no further attempt is made; 30 s by default. */
  callMs?: number | undefined
}

/** How long calls in flight may take after the account is closed. */
const closeDelayMs = 60_000

/**
 * Returns options for the SDK's HTTP handler, with agents that all clients of an account share. `close` ends the
 * connections after a minute, so that calls in flight can end first.
 */
export function connectionFor({ proxy, ca, timeouts = {} }: ConnectionSettings): {
  handler: NodeHttpHandlerOptions
  httpAgents: { http: InstanceType<typeof HttpAgent>; https: InstanceType<typeof HttpsAgent> }
  close: () => void
} {
  const options = {
    keepAlive: true,
    maxSockets: 64,
    proxyEnv: proxy ? { HTTPS_PROXY: proxy, HTTP_PROXY: proxy } : process.env,
    ...(ca && { ca: [...getCACertificates('default'), ca] }),
  }
  const httpAgent = new HttpAgent(options)
  const httpsAgent = new HttpsAgent(options)
  return {
    handler: {
      connectionTimeout: timeouts.connectMs ?? 3_000,
      requestTimeout: timeouts.answerMs ?? 15_000,
      throwOnRequestTimeout: true,
      httpAgent,
      httpsAgent,
    },
    httpAgents: { http: httpAgent, https: httpsAgent },
    // Neither the timer nor idle connections keep the process alive.
    close: () => {
      setTimeout(() => {
        httpAgent.destroy()
        httpsAgent.destroy()
      }, closeDelayMs).unref()
    },
  }
}
