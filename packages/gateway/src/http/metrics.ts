/**
 * /metrics for Prometheus: on the service's own address for callers who may read, or on an address of its own for
 * everybody who reaches it.
 */
import { once } from 'node:events'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Type } from '../typebox/type.ts'
import { requireAllAccounts } from './caller.ts'
import type { Api, RouteSchema } from './route.ts'

const getMetrics = {
  summary: 'Metrics',
  operationId: 'getMetrics',
  description:
    'The metrics of this process in Prometheus’s text format. A token with a fence of accounts may not read them.',
  tag: 'Process',
  produces: 'text/plain',
  answers: { 200: Type.String({ description: 'Prometheus’s text format.' }) },
} satisfies RouteSchema

export function metricsRoute<Account>(site: Api<Account>, text: () => Promise<string>): void {
  site.get('/metrics', { schema: getMetrics }, ({ caller }) => {
    requireAllAccounts(caller)
    return text()
  })
}

/** A scraper has one or two connections. */
const maxConnections = 200

interface MetricsListener {
  url: string
  close: () => void
}

/** Answers `GET /metrics` without a token, and nothing else. */
export async function listenForMetrics(
  { host, port }: { host: string; port: number },
  text: () => Promise<string>,
  onFault: (error: unknown) => void,
): Promise<MetricsListener> {
  const { createServer } = process.getBuiltinModule('node:http')
  let asked: Promise<string> | undefined
  // Everybody may request it, and writing it takes time: requests that arrive meanwhile share the result.
  const shared = () => {
    asked ??= text().finally(() => {
      asked = undefined
    })
    return asked
  }
  const server = createServer({ headersTimeout: 10_000, requestTimeout: 10_000 }, (request, response) => {
    answer(request, response, shared).catch((error: unknown) => {
      onFault(error)
      if (response.headersSent) response.destroy()
      else response.writeHead(500).end()
    })
  })
  server.maxConnections = maxConnections
  server.listen(port, host)
  await once(server, 'listening')
  server.on('error', onFault)
  return { url: urlOf(server, host), close: () => void server.close().closeAllConnections() }
}

async function answer(
  { method, url }: IncomingMessage,
  response: ServerResponse,
  text: () => Promise<string>,
): Promise<void> {
  if (url?.replace(/\?.*$/s, '') !== '/metrics') return void response.writeHead(404).end()
  if (method !== 'GET' && method !== 'HEAD') return void response.writeHead(405, { allow: 'GET, HEAD' }).end()
  const body = await text()
  response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(body)
}

function urlOf(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}/metrics`
}
