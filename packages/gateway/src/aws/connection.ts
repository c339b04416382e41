/** How this process reaches AWS over the network: agents, proxy, private authorities, time limits. The SDK itself ignores HTTPS_PROXY. */
import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { getCACertificates } from 'node:tls'
import type { NodeHttpHandlerOptions } from '@smithy/types'

export interface ConnectionSettings {
  /** URL of a proxy for all calls; without it HTTPS_PROXY, HTTP_PROXY and NO_PROXY decide. */
  proxy?: string | undefined
  /** PEM of authorities to trust beside the known ones. */
  ca?: string | undefined
}

const timeouts = { connectionTimeout: 3_000, requestTimeout: 15_000, throwOnRequestTimeout: true }
/** With all its attempts. */
const longestCallMs = 60_000

/** Options of the SDK's own HTTP handler, with agents that all clients of an account share; `close` ends their connections, once the calls under way must be over. */
export function connectionFor({ proxy, ca }: ConnectionSettings): { handler: NodeHttpHandlerOptions; close: () => void } {
  const options = {
    keepAlive: true,
    maxSockets: 64,
    proxyEnv: proxy ? { HTTPS_PROXY: proxy, HTTP_PROXY: proxy } : process.env,
    ...(ca && { ca: [...getCACertificates('default'), ca] }),
  }
  const httpAgent = new HttpAgent(options)
  const httpsAgent = new HttpsAgent(options)
  return {
    handler: { ...timeouts, httpAgent, httpsAgent },
    // Until then idle connections don't keep the process.
    close: () => {
      setTimeout(() => {
        httpAgent.destroy()
        httpsAgent.destroy()
      }, longestCallMs).unref()
    },
  }
}
