/** Opens an event stream of a service, and reports whether the stream is still open. */
import { request } from 'node:http'

export interface EventStream {
  isOpen: () => boolean
  close: () => void
}

/** Resolves when the first bytes arrive, or when the gateway rejects or ends the stream. */
export function openStream(url: string, headers: Record<string, string>): Promise<EventStream> {
  return new Promise((resolve) => {
    let isOpen = false
    const outgoing = request(`${url}/v1/ecs/local/clusters/bench/services/www`, {
      agent: false,
      headers: { ...headers, accept: 'text/event-stream' },
    })
    const stream: EventStream = { isOpen: () => isOpen, close: () => void outgoing.destroy() }
    const onEnd = () => {
      isOpen = false
      resolve(stream)
    }
    outgoing.on('error', onEnd).on('response', (response) => {
      isOpen = response.statusCode === 200
      response
        .on('error', onEnd)
        .on('end', onEnd)
        .on('data', () => resolve(stream))
    })
    outgoing.end()
  })
}
