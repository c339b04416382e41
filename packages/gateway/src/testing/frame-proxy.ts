/**
 * A proxy in front of an AWS endpoint. It forwards requests, and each message of the sessions' data channels. It
 * records the messages, and can lose, double and reorder them.
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { after } from 'node:test'
import { WebSocket, WebSocketServer } from 'ws'

/** The fate of a message: the proxy forwards it, loses it, forwards it twice, or forwards it after later messages. */
export type FrameFate = 'kept' | 'lost' | 'doubled' | 'late'

interface Frame {
  from: 'client' | 'agent'
  bytes: Buffer
}

export interface FrameProxy {
  url: string
  /** All messages that the proxy has received. */
  frames: Frame[]
  /** Returns the fate of a message; by default `kept`. A test replaces this function. */
  fateOf: (frame: Frame) => FrameFate
  /**
   * Returns a response in place of AWS's; by default none. A test replaces this function.
   * @param target the header X-Amz-Target, which contains the action
   */
  answerFor: (target: string) => { status: number; body: object } | undefined
}

/** How long a late message is held back. */
const lateDelayMs = 250

/** Starts the proxy; it closes after the file's tests. */
export async function startFrameProxy(endpoint: string): Promise<FrameProxy> {
  const channels = new WebSocketServer({ noServer: true })
  const server = createServer((request, response) => {
    forward(request, response).catch(() => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const proxy: FrameProxy = { url, frames: [], fateOf: () => 'kept', answerFor: () => undefined }
  const toWebSocketUrl = (address: string) => address.replace(/^http/, 'ws')

  async function forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request)
    const replaced = proxy.answerFor(String(request.headers['x-amz-target']))
    if (replaced) {
      response
        .writeHead(replaced.status, { 'content-type': 'application/x-amz-json-1.1' })
        .end(JSON.stringify(replaced.body))
      return
    }
    const { 'content-length': _, connection: __, ...headers } = request.headers as Record<string, string>
    const answered = await fetch(`${endpoint}${request.url}`, { method: request.method ?? 'POST', headers, body })
    // The client of a session must connect to the proxy, so the address of the session is replaced.
    const text = (await answered.text()).replaceAll(toWebSocketUrl(endpoint), toWebSocketUrl(url))
    const type = answered.headers.get('content-type') ?? ''
    response.writeHead(answered.status, { 'content-type': type }).end(text)
  }

  server.on('upgrade', (request, socket, head) => {
    channels.handleUpgrade(request, socket, head, (client) => {
      const agent = new WebSocket(`${toWebSocketUrl(endpoint)}${request.url}`)
      const opened = once(agent, 'open')
      client.on('message', (data, isBinary) => {
        // When the connection to the agent fails, the client is closed below.
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
    const fate = isBinary && !bytes.includes('channel_closed') ? proxy.fateOf(frame) : 'kept'
    if (fate === 'lost') return
    if (fate === 'late') setTimeout(send, lateDelayMs)
    else send()
    if (fate === 'doubled') setTimeout(send, lateDelayMs / 5)
  }

  after(async () => {
    channels.close()
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  return proxy
}
