/**
 * `/metrics` for Prometheus: on the address of the API, where it needs a token, or on a separate address without one.
 */
import { once } from 'node:events'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Type } from '../typebox/type.ts'
import { requireNoAccountFence } from './caller.ts'
import { namesLoopback } from './request/host.ts'
import type { Api, RouteSchema } from './route.ts'

const getMetrics = {
  summary: 'Metrics',
  operationId: 'getMetrics',
  description:
    'The metrics of this process in Prometheus’s text format. A token that is restricted to some accounts may not read them.',
  tag: 'Process',
  produces: 'text/plain',
  answers: { 200: Type.String({ description: 'Prometheus’s text format.' }) },
} satisfies RouteSchema

/** @param rootApi registers routes without the API's path prefix */
export function metricsRoute<Account>(rootApi: Api<Account>, text: () => Promise<string>): void {
  rootApi.get('/metrics', { schema: getMetrics }, ({ caller }) => {
    requireNoAccountFence(caller)
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
  onUnexpectedError: (error: unknown) => void,
): Promise<MetricsListener> {
  const { createServer } = process.getBuiltinModule('node:http')
  let pending: Promise<string> | undefined
  // Requests need no token and making the text takes time, so requests that arrive meanwhile share the result.
  const sharedText = () => {
    pending ??= text().finally(() => {
      pending = undefined
    })
    return pending
  }
  const server = createServer({ headersTimeout: 10_000, requestTimeout: 10_000 }, (request, response) => {
    // A page of another host could read the metrics, if the name of its host led to this address.
    if (namesLoopback(inUrl(host)) && !namesLoopback(request.headers.host)) {
      response.writeHead(403, { 'content-type': 'text/plain' }).end('The Host header does not name loopback.\n')
      return
    }
    answer(request, response, sharedText).catch((error: unknown) => {
      onUnexpectedError(error)
      if (response.headersSent) response.destroy()
      else response.writeHead(500).end()
    })
  })
  server.maxConnections = maxConnections
  server.listen(port, host)
  await once(server, 'listening')
  server.on('error', onUnexpectedError)
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
  return `http://${inUrl(host)}:${port}/metrics`
}

/** IPv6 addresses have brackets in URLs and Host headers. */
function inUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}
