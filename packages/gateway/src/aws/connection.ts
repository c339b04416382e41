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

/** Options of the SDK's own HTTP handler, with agents that all clients of an account share; `close` ends their connections, once the calls under way must be over. */
export async function connectionFor({ proxy, ca }: ConnectionSettings): Promise<{ handler: NodeHttpHandlerOptions; close: () => void }> {
  const options = { keepAlive: true, maxSockets: 64, ...(ca && { ca: [...getCACertificates('default'), ca] }) }
  if (proxy || proxyInEnvironment()) {
    const { ProxyAgent } = await import('proxy-agent')
    const agent = new ProxyAgent({ ...options, ...(proxy && { getProxyForUrl: () => proxy }) })
    return { handler: { ...timeouts, httpAgent: agent, httpsAgent: agent }, close: () => later(() => agent.destroy()) }
  }
  const httpAgent = new HttpAgent(options)
  const httpsAgent = new HttpsAgent(options)
  return {
    handler: { ...timeouts, httpAgent, httpsAgent },
    close: () =>
      later(() => {
        httpAgent.destroy()
        httpsAgent.destroy()
      }),
  }
}

/** After as long as a call can take with all its attempts; idle connections don't keep the process. */
function later(work: () => void): void {
  setTimeout(work, 60_000).unref()
}

function proxyInEnvironment(): boolean {
  return ['https_proxy', 'http_proxy', 'all_proxy'].some((name) => process.env[name] || process.env[name.toUpperCase()])
}
