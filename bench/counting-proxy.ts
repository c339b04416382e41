/** A proxy between a gateway and AWS (here the engine) that counts all calls and the throttled ones. */
import { Agent, createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface CountingProxy {
  url: string
  counts: { calls: number; throttled: number }
  close: () => void
}

export async function countingProxy(target: string): Promise<CountingProxy> {
  const counts = { calls: 0, throttled: 0 }
  const agent = new Agent({ keepAlive: true })
  const server = createServer((incoming, outgoing) => {
    counts.calls++
    const { method, headers, url = '/' } = incoming
    const forward = request(new URL(url, target), { method, headers, agent }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('end', () => {
        const body = Buffer.concat(chunks)
        if (answer.statusCode === 400 && body.includes('ThrottlingException')) counts.throttled++
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers).end(body)
      })
    })
    forward.on('error', () => outgoing.destroy())
    incoming.pipe(forward)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    counts,
    close: () => {
      server.closeAllConnections()
      server.close()
      agent.destroy()
    },
  }
}
