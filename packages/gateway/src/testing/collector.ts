/** An OpenTelemetry collector on loopback that keeps every message. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { after } from 'node:test'

interface Attribute {
  key: string
  value: { stringValue?: string; intValue?: number }
}

interface SentSpan {
  traceId: string
  spanId: string
  parentSpanId?: string
  name: string
  kind: number
  startTimeUnixNano: string
  endTimeUnixNano: string
  attributes: Attribute[]
  status: { code: number }
}

export interface Collector {
  url: string
  /** All received messages, as they were sent. */
  received: () => string
  /** The resource attributes of the first message. */
  resource: () => Record<string, unknown>
  spans: () => (Omit<SentSpan, 'attributes'> & { attributes: Record<string, unknown> })[]
}

/** Starts a collector; it closes after the file's tests. */
export async function startCollector(): Promise<Collector> {
  const bodies: string[] = []
  const server = createServer(async (request, response) => {
    const body = await text(request)
    if (request.url === '/v1/traces' && request.headers['content-type'] === 'application/json') bodies.push(body)
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  after(() => server.close().closeAllConnections())
  const messages = () =>
    bodies.flatMap((body) => (JSON.parse(body) as { resourceSpans: ResourceSpans[] }).resourceSpans)
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received: () => bodies.join('\n'),
    resource: () => valuesOf(messages()[0]?.resource.attributes ?? []),
    spans: () =>
      messages().flatMap(({ scopeSpans }) =>
        scopeSpans.flatMap(({ spans }) => spans.map((span) => ({ ...span, attributes: valuesOf(span.attributes) }))),
      ),
  }
}

interface ResourceSpans {
  resource: { attributes: Attribute[] }
  scopeSpans: { spans: SentSpan[] }[]
}

function valuesOf(attributes: Attribute[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue]))
}
