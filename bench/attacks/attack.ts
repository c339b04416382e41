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

interface Sent {
  method?: string
  path: string
  headers?: Record<string, string>
  body?: string
  /** Not a reused connection. */
  ownConnection?: boolean
}

/** The response, with its body unread. @throws Error for a status that the attack does not expect */
export async function send(sent: Sent, ...expected: number[]): Promise<IncomingMessage> {
  const answer = await answerTo(sent)
  if (!expected.includes(answer.statusCode ?? 0)) throw new Error(`${sent.path.slice(0, 100)}: ${answer.statusCode}`)
  return answer
}

function answerTo({ method = 'GET', path, headers = {}, body, ownConnection = false }: Sent): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const options = {
      method,
      agent: ownConnection ? false : agent,
      headers: { authorization: target.authorization, ...headers },
    }
    request(`${url}${path}`, options, resolve).on('error', reject).end(body)
  })
}
