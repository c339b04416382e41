import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { type TestContext, test } from 'node:test'
import { listenForMetrics } from './metrics.ts'

test('concurrent requests for metrics share one reading', async (t) => {
  let readings = 0
  const { url } = await startListener(t, async () => `readings ${++readings}\n`)
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  t.after(() => socket.destroy())
  socket.write('GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'.repeat(100))
  let text = ''
  while (text.split('HTTP/1.1 200').length <= 100) text += (await once(socket, 'data'))[0]
  assert.equal(readings, 1)
  await (await fetch(url)).text()
  assert.equal(readings, 2, 'a later request gets a new reading')
})

test('a failed reading gives a 500 and a reported fault, and the listener keeps running', async (t) => {
  const faults: unknown[] = []
  const broken = new Error('no metrics')
  const { url } = await startListener(t, () => Promise.reject(broken), faults)
  for (const turn of [1, 2]) {
    const { status } = await fetch(url)
    assert.equal(status, 500)
    assert.deepEqual(faults, Array(turn).fill(broken))
  }
})

test('a web page of a host whose name leads to loopback reads no metrics', async (t) => {
  const { url } = await startListener(t, async () => 'readings 1\n')
  for (const [host, status] of [
    ['metrics.example', 403],
    ['127.0.0.1.metrics.example:9464', 403],
    ['localhost:9464', 200],
    ['127.0.0.1', 200],
  ] as const) {
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    t.after(() => socket.destroy())
    socket.write(`GET /metrics HTTP/1.1\r\nHost: ${host}\r\n\r\n`)
    const [head] = await once(socket, 'data')
    assert.equal(String(head).startsWith(`HTTP/1.1 ${status}`), true, `${host}: ${head}`)
  }
})

async function startListener(
  t: TestContext,
  text: () => Promise<string>,
  faults: unknown[] = [],
): Promise<{ url: string }> {
  const { url, close } = await listenForMetrics({ host: '127.0.0.1', port: 0 }, text, (error) => faults.push(error))
  t.after(close)
  return { url }
}
