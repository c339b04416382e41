/** The Host header, also that of a page whose name resolves to loopback (DNS rebinding). */
import assert from 'node:assert/strict'
import { request } from 'node:http'
import { connect } from 'node:net'
import { test } from 'node:test'
import { startTestProgram } from '../testing/program.ts'

/** Sends a request with this Host header, which `fetch` cannot set. @returns status and code of the response */
async function statusAndCode(
  url: string,
  token: string,
  host: string,
): Promise<[status: number, code: string | undefined]> {
  const { promise, resolve, reject } = Promise.withResolvers<[number, string | undefined]>()
  const headers = { host, authorization: `Bearer ${token}` }
  request(`${new URL(url).origin}/v1/ecs/me`, { headers }, async (response) => {
    const text = (await response.toArray()).join('')
    resolve([response.statusCode!, (JSON.parse(text) as { code?: string }).code])
  })
    .on('error', reject)
    .end()
  return promise
}

test('a page that rebinds its name to loopback cannot guess a short admin token', async () => {
  const program = await startTestProgram({ token: 'secret' })
  const { url } = await program.listen()
  const { port } = new URL(url)
  // Twice: the second time, the response to a known caller could come from a cache.
  for (let turn = 0; turn < 2; turn++) {
    for (const host of [
      `evil.example:${port}`,
      'evil.example',
      '127.0.0.1.evil.example',
      'localhost.evil.example',
      '[::2]',
    ])
      assert.deepEqual(await statusAndCode(url, program.token, host), [403, 'HostNotAllowed'], host)
    for (const host of [
      `127.0.0.1:${port}`,
      `localhost:${port}`,
      'console.localhost',
      '[::1]:80',
      '127.0.0.2',
      'LOCALHOST',
    ])
      assert.deepEqual(await statusAndCode(url, program.token, host), [200, undefined], host)
  }
})

test('with a long admin token, any Host header is accepted, such as one that a proxy sends', async () => {
  const program = await startTestProgram()
  const { url } = await program.listen()
  assert.deepEqual(await statusAndCode(url, program.token, 'ecs.example.org'), [200, undefined])
})

test('a request with two hosts is malformed', async (t) => {
  const { listen } = await startTestProgram()
  const socket = connect(Number(new URL((await listen()).url).port), '127.0.0.1')
  t.after(() => socket.destroy())
  socket.write('GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nhost: evil.example\r\nConnection: close\r\n\r\n')
  const text = (await socket.toArray()).join('')
  assert.match(text, /^HTTP\/1\.1 400 /)
  assert.match(text, /"code":"MalformedRequest"/)
})
