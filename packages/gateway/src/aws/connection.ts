/** How this process reaches AWS over the network: agents, proxy, private authorities, time limits. The SDK itself ignores HTTPS_PROXY. */
import { getCACertificates } from 'node:tls'
import type { NodeHttpHandlerOptions } from '@smithy/types'

const { Agent: HttpAgent } = process.getBuiltinModule('node:http')
const { Agent: HttpsAgent } = process.getBuiltinModule('node:https')

export interface ConnectionSettings {
  /** URL of a proxy for all calls; without it HTTPS_PROXY, HTTP_PROXY and NO_PROXY decide. */
  proxy?: string | undefined
  /** PEM of authorities to trust beside the known ones. */
  ca?: string | undefined
  timeouts?: Timeouts | undefined
}

/** How long is waited for AWS, in milliseconds. */
interface Timeouts {
  /** For a connection; 3 s unless given. */
  connectMs?: number | undefined
  /** For the answer to one attempt; 15 s unless given. */
  answerMs?: number | undefined
  /** From the first attempt: after it there is no further one. 30 s unless given. */
  callMs?: number | undefined
}

/** How long calls under way may go on after the account is closed. */
const longestCallMs = 60_000

/** Options of the SDK's own HTTP handler, with agents that all clients of an account share; `close` ends their connections, once the calls under way must be over. */
export function connectionFor({ proxy, ca, timeouts = {} }: ConnectionSettings): {
  handler: NodeHttpHandlerOptions
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
    // Until then idle connections don't keep the process.
    close: () => {
      setTimeout(() => {
        httpAgent.destroy()
        httpsAgent.destroy()
      }, longestCallMs).unref()
    },
  }
}
