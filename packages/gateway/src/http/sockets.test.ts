import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request } from 'node:http'
import { after, test } from 'node:test'
import Type from 'typebox'
import { WebSocket } from 'ws'
import { startTestServer } from '../testing/test-server.ts'
import { Upgrade } from './response/answer.ts'

const { api, app } = await startTestServer<{ name: string }>({
  findAccount: (name) => (name === 'nonprod' ? { name } : undefined),
  accountNames: () => ['nonprod'],
  onAnswered: () => {},
  onBug: (error) => {
    throw error
  },
})
const answers = { 101: Type.Null({ description: 'a WebSocket' }) }
const accept = () =>
  new Upgrade(
    (socket) => socket.close(),
    () => {},
  )
const first = { summary: 'first', tag: 't', isPublic: true as const, subprotocol: 'first.v1', answers }
api.get('/:account/first', { schema: first }, accept)
api.get('/second/:name', { schema: { ...first, summary: 'second', subprotocol: 'second.v1' } }, accept)
const address = `${await app.listen({ host: '127.0.0.1', port: 0 })}/v1/ecs`
after(() => app.close())

test('each route accepts its own subprotocol', async () => {
  for (const [path, subprotocol] of [
    ['/nonprod/first', 'first.v1'],
    ['/second/any', 'second.v1'],
    ['/nonprod/first', 'first.v1'],
  ] as const) {
    const socket = new WebSocket(address.replace('http', 'ws') + path, ['other.v1', subprotocol])
    await once(socket, 'open')
    assert.equal(socket.protocol, subprotocol)
    await once(socket, 'close')
  }
})

test('an upgrade on a path without a WebSocket is an ordinary request, whose connection stays open', async () => {
  const headers = { connection: 'Upgrade', upgrade: 'websocket', authorization: 'Bearer good' }
  for (const path of ['/nonprod/other', '/nonprod/first/more', '/second']) {
    const [response] = await once(request(address + path, { headers }).end(), 'response')
    response.resume()
    assert.deepEqual([response.statusCode, response.headers.connection], [404, 'keep-alive'], path)
    response.socket.destroy()
  }
})
