/** DNS rebinding: a web page whose name resolves to loopback, and which a browser takes for a page of this service. */
import assert from 'node:assert/strict'
import { request } from 'node:http'
import { test } from 'node:test'
import { testProgram } from '../testing/program.ts'

/** @returns status and code of the response; `fetch` would send a Host header of its own */
async function asked(url: string, token: string, host: string): Promise<[status: number, code: string | undefined]> {
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
  const program = await testProgram({}, [], undefined, { token: 'secret' })
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
      assert.deepEqual(await asked(url, program.token, host), [403, 'HostNotAllowed'], host)
    for (const host of [
      `127.0.0.1:${port}`,
      `localhost:${port}`,
      'console.localhost',
      '[::1]:80',
      '127.0.0.2',
      'LOCALHOST',
    ])
      assert.deepEqual(await asked(url, program.token, host), [200, undefined], host)
  }
})

test('a long token is no one’s guess: a service on loopback has the name that its proxy sends', async () => {
  const program = await testProgram()
  const { url } = await program.listen()
  assert.deepEqual(await asked(url, program.token, 'ecs.example.org'), [200, undefined])
})
