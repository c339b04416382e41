/**
 * A proxy in front of a gateway, for packages/client/src/testing/behaviour.ts. With a request to `/faults/NAME` a test
 * makes the next request fail, or waits until the failure happens.
 */
import { createServer, type IncomingMessage, type ServerResponse, request as sendRequest } from 'node:http'

/**
 * @param files the files that the proxy serves itself, by path
 * @param restartGateway kills the gateway, and starts it again at the same address
 */
export async function faultProxy(
  gateway: string,
  files: Record<string, [type: string, content: string | Uint8Array]>,
  restartGateway: () => Promise<void>,
) {
  const { hostname, port } = new URL(gateway)
  const streams = new Set<ServerResponse>()
  /** The failure of the next request: no response, or a connection that ends between the change and its response. */
  let nextFault: 'cut-after-the-change' | 'hold-request' | undefined
  /** The number of requests that pass before the fault. */
  let passing = 0
  /** Resolves when the proxy has received a request that gets no response. */
  let requestHeld = Promise.withResolvers<void>()
  /** Resolves when the client has closed the connection of the held request. */
  let clientDisconnected = Promise.withResolvers<void>()

  const forwardRequest = (
    request: IncomingMessage,
    response: ServerResponse,
    { cutAfterChange }: { cutAfterChange: boolean },
  ) => {
    const { method, url, headers } = request
    const forwarded = sendRequest({ hostname, port, method, path: url, headers }, (gatewayResponse) => {
      if (cutAfterChange) return gatewayResponse.resume().on('end', () => response.destroy())
      if (gatewayResponse.headers['content-type']?.startsWith('text/event-stream')) streams.add(response)
      response.writeHead(gatewayResponse.statusCode!, gatewayResponse.headers)
      gatewayResponse.on('error', () => response.destroy())
      return gatewayResponse.pipe(response)
    })
    forwarded.on('error', () => response.destroy())
    response.on('close', () => {
      streams.delete(response)
      forwarded.destroy()
    })
    request.pipe(forwarded)
  }

  const setOrAwaitFault = async (name: string, response: ServerResponse) => {
    if (name === 'cut-streams') for (const stream of streams) stream.destroy()
    else if (name === 'restart-gateway') await restartGateway()
    else if (name === 'request-held') await requestHeld.promise
    else if (name === 'client-disconnected') await clientDisconnected.promise
    else {
      passing = name === 'hold-second-request' ? 1 : 0
      nextFault = name === 'cut-after-the-change' ? name : 'hold-request'
      requestHeld = Promise.withResolvers<void>()
      clientDisconnected = Promise.withResolvers<void>()
    }
    response.writeHead(204).end()
  }

  const server = createServer((request, response) => {
    const path = request.url ?? ''
    const file = files[path]
    if (file) return response.writeHead(200, { 'content-type': file[0] }).end(file[1])
    if (path.startsWith('/faults/')) return setOrAwaitFault(path.slice('/faults/'.length), response)
    const fault = passing > 0 ? undefined : nextFault
    if (passing > 0) passing--
    else nextFault = undefined
    if (fault !== 'hold-request') return forwardRequest(request, response, { cutAfterChange: fault !== undefined })
    response.on('close', clientDisconnected.resolve)
    return requestHeld.resolve()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as { port: number }).port,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
