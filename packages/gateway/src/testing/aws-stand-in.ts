/**
 * A proxy in front of an AWS endpoint that replaces the responses of some actions. With it, a test sees states that the
 * engine cannot reach, such as the stages of a blue/green deployment, or an ECS that lacks an action.
 */
import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after } from 'node:test'

interface StandInResponse {
  status?: number
  contentType?: string
  /** Text, or an object that is sent as JSON. */
  body: unknown
}

export interface AwsStandIn {
  endpoint: string
  /**
   * For each action that a test replaces, a function that returns the response. With undefined, the request is
   * forwarded. A promise delays the response.
   */
  responses: Map<
    string,
    (input: Record<string, unknown>) => StandInResponse | undefined | Promise<StandInResponse | undefined>
  >
}

/** @param target the AWS endpoint behind the proxy */
export async function startAwsStandIn(target: string): Promise<AwsStandIn> {
  const responses: AwsStandIn['responses'] = new Map()
  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk)
    const body = Buffer.concat(chunks)
    const { action, input } = readCall(incoming.headers['x-amz-target'], body.toString())
    const replaced = await responses.get(action)?.(input)
    if (replaced) {
      const { status = 200, contentType = 'application/x-amz-json-1.1', body: content } = replaced
      outgoing.writeHead(status, { 'content-type': contentType })
      outgoing.end(typeof content === 'string' ? content : JSON.stringify(content))
      return
    }
    const { method, url, headers } = incoming
    const forwarded = request(new URL(url ?? '/', target), { method, headers }, (response) => {
      outgoing.writeHead(response.statusCode ?? 502, response.headers)
      response.pipe(outgoing)
    })
    forwarded.on('error', () => outgoing.destroy())
    forwarded.end(body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  after(() => void server.close().closeAllConnections())
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, responses }
}

/** @param target the header of AWS's JSON protocol; without it the body is that of the query protocol, as for STS */
function readCall(
  target: string | string[] | undefined,
  body: string,
): { action: string; input: Record<string, unknown> } {
  if (typeof target === 'string') return { action: target.replace(/^.*\./, ''), input: JSON.parse(body || '{}') }
  const { Action: action = '', ...input } = Object.fromEntries(new URLSearchParams(body))
  return { action, input }
}
