/** One event stream, and whether it is open. */
import { request } from 'node:http'

export interface EventStream {
  isOpen: () => boolean
  close: () => void
}

/** Resolves with the first bytes, or with the end of a stream that was rejected. */
export function openStream(url: string, headers: Record<string, string>): Promise<EventStream> {
  return new Promise((resolve) => {
    let isOpen = false
    const asked = request(`${url}/v1/ecs/local/clusters/bench/services/www`, {
      agent: false,
      headers: { ...headers, accept: 'text/event-stream' },
    })
    const stream: EventStream = { isOpen: () => isOpen, close: () => void asked.destroy() }
    const ended = () => {
      isOpen = false
      resolve(stream)
    }
    asked.on('error', ended).on('response', (answer) => {
      isOpen = answer.statusCode === 200
      answer
        .on('error', ended)
        .on('end', ended)
        .on('data', () => resolve(stream))
    })
    asked.end()
  })
}
