/**
 * A proxy before an AWS. It passes requests on, and the messages of the sessions' data channels one by one: it records
 * them, and can lose, double and reorder them.
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { after } from 'node:test'
import { WebSocket, WebSocketServer } from 'ws'

/** The fate of a message: it is passed on, lost, passed on twice, or after the messages behind it. */
export type Fate = 'kept' | 'lost' | 'doubled' | 'late'

interface Frame {
  from: 'client' | 'agent'
  bytes: Buffer
}

export interface FrameProxy {
  url: string
  /** All messages so far that arrived here. */
  frames: Frame[]
  /** The fate of each message from now on; at first all are kept. */
  fate: (frame: Frame) => Fate
  /** An answer in place of AWS's, by the header X-Amz-Target; at first none. */
  answer: (target: string) => { status: number; body: object } | undefined
}

/** How long a late message is held back. */
const lateMs = 250

/** Starts the proxy; it closes after the file's tests. */
export async function frameProxy(endpoint: string): Promise<FrameProxy> {
  const channels = new WebSocketServer({ noServer: true })
  const server = createServer((request, response) => {
    forward(request, response).catch(() => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const proxy: FrameProxy = { url, frames: [], fate: () => 'kept', answer: () => undefined }
  const ws = (address: string) => address.replace(/^http/, 'ws')

  async function forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request)
    const replaced = proxy.answer(String(request.headers['x-amz-target']))
    if (replaced) {
      response
        .writeHead(replaced.status, { 'content-type': 'application/x-amz-json-1.1' })
        .end(JSON.stringify(replaced.body))
      return
    }
    const { 'content-length': _, connection: __, ...headers } = request.headers as Record<string, string>
    const answered = await fetch(`${endpoint}${request.url}`, { method: request.method ?? 'POST', headers, body })
    // The address of a session, so that its client comes here.
    const text = (await answered.text()).replaceAll(ws(endpoint), ws(url))
    const type = answered.headers.get('content-type') ?? ''
    response.writeHead(answered.status, { 'content-type': type }).end(text)
  }

  server.on('upgrade', (request, socket, head) => {
    channels.handleUpgrade(request, socket, head, (client) => {
      const agent = new WebSocket(`${ws(endpoint)}${request.url}`)
      const opened = once(agent, 'open')
      client.on('message', (data, isBinary) => {
        // The client is closed with an agent that does not open.
        opened.then(() => pass('client', agent, data as Buffer, isBinary)).catch(() => {})
      })
      opened.catch(() => client.close())
      agent.on('message', (data, isBinary) => pass('agent', client, data as Buffer, isBinary))
      client.on('close', () => agent.close())
      agent.on('close', (code) => client.close(code === 1005 || code === 1006 ? 1000 : code))
      for (const each of [client, agent]) each.on('error', () => {})
    })
  })

  function pass(from: Frame['from'], to: WebSocket, bytes: Buffer, isBinary: boolean): void {
    const send = () => to.readyState === to.OPEN && to.send(bytes, { binary: isBinary })
    const frame = { from, bytes }
    proxy.frames.push(frame)
    // Text messages (the token) and the end of the session are always passed on.
    const fate = isBinary && !bytes.includes('channel_closed') ? proxy.fate(frame) : 'kept'
    if (fate === 'lost') return
    if (fate === 'late') setTimeout(send, lateMs)
    else send()
    if (fate === 'doubled') setTimeout(send, lateMs / 5)
  }

  after(async () => {
    channels.close()
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  return proxy
}
