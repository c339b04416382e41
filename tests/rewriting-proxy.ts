/** A proxy in front of a gateway that rewrites requests and responses. */
import { createServer, type IncomingMessage, request } from 'node:http'
import { after } from 'node:test'

interface Rewriting {
  /** Rewrites the path of a request, and its body. */
  request?: (text: string) => string
  /** Rewrites the JSON of a response, and of each event of a stream. */
  response: (json: string) => string
  onRequest?: (request: IncomingMessage) => void
}

/** @returns the address of the proxy */
export async function rewritingProxy(
  target: string,
  { request: rewriteRequest = (text) => text, response: rewrite, onRequest = () => {} }: Rewriting,
): Promise<string> {
  const { hostname, port } = new URL(target)
  const server = createServer(async (incoming, outgoing) => {
    onRequest(incoming)
    const body = rewriteRequest(Buffer.concat(await Array.fromAsync(incoming as AsyncIterable<Buffer>)).toString())
    const { 'accept-encoding': _, 'content-length': __, ...headers } = incoming.headers
    const path = rewriteRequest(incoming.url!)
    const requestOptions = { hostname, port, path, method: incoming.method!, headers }
    const forwarded = request(requestOptions, (response) => void passOn(response).catch(() => outgoing.destroy()))
    forwarded.on('error', () => outgoing.destroy())
    outgoing.on('close', () => forwarded.destroy())
    forwarded.end(body)

    async function passOn(response: IncomingMessage): Promise<void> {
      const { 'content-length': ___, ...forwardedHeaders } = response.headers
      outgoing.writeHead(response.statusCode!, forwardedHeaders)
      const type = String(response.headers['content-type'])
      let unsent = ''
      for await (const chunk of response.setEncoding('utf8')) {
        unsent += chunk
        if (!type.startsWith('text/event-stream')) continue
        const lines = unsent.split('\n')
        unsent = lines.pop()!
        for (const line of lines)
          outgoing.write(`${line.startsWith('data: ') ? `data: ${rewrite(line.slice(6))}` : line}\n`)
      }
      outgoing.end(/[/+]json/.test(type) && unsent !== '' ? rewrite(unsent) : unsent)
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  after(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`
}
