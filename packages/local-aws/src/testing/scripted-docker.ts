/** A Docker API on loopback whose responses a test writes, for a runtime that this machine does not have. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after } from 'node:test'

/**
 * Starts the API; it closes after the file's tests.
 * @param responses the response of each path: JSON, or text as it is. A request whose response is undefined is never
 * answered. Other paths get 404.
 * @param onRequest called with the path of each request
 * @returns the address, `tcp://host:port`
 */
export async function startScriptedDocker(
  responses: Record<string, object | string | undefined>,
  onRequest: (path: string) => void = () => {},
): Promise<string> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '', 'http://docker').pathname
    onRequest(path)
    if (!(path in responses)) return void response.writeHead(404).end('{"message":"no such object"}')
    const body = responses[path]
    if (body !== undefined) response.end(typeof body === 'string' ? body : JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  after(() => {
    server.closeAllConnections()
    server.close()
  })
  return `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`
}
