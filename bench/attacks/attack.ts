/**
 * The common part of the attack scripts. Each script is a process of its own, which ends when the bench kills it, or
 * else after three minutes. Usage: SCRIPT URL TOKEN
 */
import { Agent, type IncomingMessage, request } from 'node:http'

const [url = '', token = ''] = process.argv.slice(2)
export const target = { url, authorization: `Bearer ${token}` }
const agent = new Agent({ keepAlive: true })

setTimeout(() => process.exit(), 180_000).unref()
console.log(`http attack on ${url}`)

interface AttackRequest {
  method?: string
  path: string
  headers?: Record<string, string>
  body?: string
  /** Whether the request gets a new connection instead of a kept one. */
  hasOwnConnection?: boolean
}

/** Sends a request and returns the response, with its body unread. @throws Error for an unexpected status */
export async function send(attack: AttackRequest, ...expectedStatuses: number[]): Promise<IncomingMessage> {
  const response = await responseTo(attack)
  const { statusCode = 0 } = response
  if (!expectedStatuses.includes(statusCode)) throw new Error(`${attack.path.slice(0, 100)}: ${statusCode}`)
  return response
}

function responseTo({
  method = 'GET',
  path,
  headers = {},
  body,
  hasOwnConnection = false,
}: AttackRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const options = {
      method,
      agent: hasOwnConnection ? false : agent,
      headers: { authorization: target.authorization, ...headers },
    }
    request(`${url}${path}`, options, resolve).on('error', reject).end(body)
  })
}
