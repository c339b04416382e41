/**
 * The frame of every attack: a process of its own, so that it takes no time from the measuring process. It ends when
 * stopped, or after three minutes.
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
  /** Opens a connection for this request. */
  ownConnection?: boolean
}

/** The response, with its body unread. @throws Error for a status that the attack does not expect */
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
  ownConnection = false,
}: AttackRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const options = {
      method,
      agent: ownConnection ? false : agent,
      headers: { authorization: target.authorization, ...headers },
    }
    request(`${url}${path}`, options, resolve).on('error', reject).end(body)
  })
}
