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
export async function connectionFor({ proxy, ca }: ConnectionSettings): Promise<{ handler: NodeHttpHandlerOptions; close: () => void }> {
  const options = { keepAlive: true, maxSockets: 64, ...(ca && { ca: [...getCACertificates('default'), ca] }) }
  if (proxy || proxyInEnvironment()) {
    const { ProxyAgent } = await import('proxy-agent')
    const through = { ...options, ...(proxy && { getProxyForUrl: () => proxy }) }
    const httpsAgent = new ProxyAgent(through)
    // On a connection that is used again, this agent forgets to write the absolute address that a plain proxy needs; a tunnel needs none.
    const httpAgent = new ProxyAgent({ ...through, keepAlive: false })
    return agents(httpAgent, httpsAgent)
  }
  return agents(new HttpAgent(options), new HttpsAgent(options))
}

function agents(httpAgent: HttpAgent, httpsAgent: HttpAgent) {
  return {
    handler: { ...timeouts, httpAgent, httpsAgent: httpsAgent as HttpsAgent },
    // Once the calls under way must be over; until then idle connections don't keep the process.
    close: () => {
      setTimeout(() => {
        httpAgent.destroy()
        httpsAgent.destroy()
      }, longestCallMs).unref()
    },
  }
}

function proxyInEnvironment(): boolean {
  return ['https_proxy', 'http_proxy', 'all_proxy'].some((name) => process.env[name] || process.env[name.toUpperCase()])
}
