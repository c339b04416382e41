import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { WebSocket } from 'ws'
import { startFrameProxy } from './frame-proxy.ts'

test('an endpoint that does not respond ends the request and the session', { timeout: 20_000 }, async () => {
  // Nothing listens on port 1.
  const { url } = await startFrameProxy('http://127.0.0.1:1')
  await assert.rejects(fetch(url, { method: 'POST', body: '{}' }))
  const client = new WebSocket(`${url.replace('http', 'ws')}/session`)
  client.on('open', () => client.send('token'))
  await once(client, 'close')
})
