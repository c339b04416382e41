/** Compressed responses: encodings, ETags, caches, and the responses that are never compressed. */
import assert from 'node:assert/strict'
import { get as httpGet, type IncomingHttpHeaders } from 'node:http'
import { test } from 'node:test'
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib'
import { startTestProgram } from '../../testing/program.ts'

const { api, listen, token } = await startTestProgram()
const { url } = await listen()

interface Raw {
  status: number | undefined
  headers: IncomingHttpHeaders
  bytes: Buffer
}

/** Sends a GET, and does not decompress the body of the response. */
function getRaw(path: string, headers: Record<string, string> = {}): Promise<Raw> {
  return new Promise((resolve, reject) => {
    const options = { headers: { authorization: `Bearer ${token}`, ...headers } }
    httpGet(`${url}${path}`, options, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () =>
        resolve({ status: response.statusCode, headers: response.headers, bytes: Buffer.concat(chunks) }),
      )
    }).on('error', reject)
  })
}

await api.post('/local/clusters', { name: 'large' })
await api.post('/local/taskdefs', { family: 'large', containerDefinitions: [{ name: 'web', image: 'nginx' }] })
for (let i = 0; i < 20; i++)
  await api.post('/local/clusters/large/services', { name: `s${i}`, taskDefinition: 'large', count: 0 })
const list = '/v1/ecs/local/clusters/large/services'

const decoders = { br: brotliDecompressSync, zstd: zstdDecompressSync, gzip: gunzipSync }

for (const [encoding, decode] of Object.entries(decoders))
  test(`${encoding}: the first and the cached compressed response decompress to the plain one`, async () => {
    const plain = await getRaw(list)
    assert.equal(plain.headers['content-encoding'], undefined)
    assert.equal(plain.headers.vary, 'Accept-Encoding')
    // The second request is answered on the fast path.
    for (let i = 0; i < 3; i++) {
      const { status, headers, bytes } = await getRaw(list, { 'accept-encoding': encoding })
      assert.deepEqual([status, headers['content-encoding'], headers.vary], [200, encoding, 'Accept-Encoding'])
      assert.equal(Number(headers['content-length']), bytes.length)
      assert.ok(bytes.length * 4 < plain.bytes.length, `${bytes.length} of ${plain.bytes.length} bytes`)
      assert.equal(decode(bytes).toString(), plain.bytes.toString())
      assert.equal(headers.etag, `W/${plain.headers.etag}`)
      const again = await getRaw(list, { 'accept-encoding': encoding, 'if-none-match': String(headers.etag) })
      assert.deepEqual([again.status, again.bytes.length, again.headers['content-encoding']], [304, 0, undefined])
    }
  })

test('the client’s weights decide, then the gateway’s order', async () => {
  for (const [accepted, expected] of [
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip;q=1, br;q=0.5', 'gzip'],
    ['br;q=0, *;q=0.1', 'zstd'],
    ['*', 'br'],
    ['deflate', undefined],
    ['identity', undefined],
    ['identity;q=1, gzip;q=0.5', undefined],
    ['', undefined],
    ['GZIP', 'gzip'],
  ] as const) {
    const { headers } = await getRaw(list, { 'accept-encoding': accepted })
    assert.equal(headers['content-encoding'], expected, accepted)
  }
})

test('small bodies, problems, and responses with a secret are never compressed', async () => {
  const wanted = { 'accept-encoding': 'gzip' }
  const small = await getRaw('/v1/ecs/local/clusters/large', wanted)
  assert.deepEqual([small.headers['content-encoding'], small.headers.vary], [undefined, undefined])
  const long = 'x'.repeat(3000)
  const missing = await getRaw(`/v1/ecs/local/clusters/${long}`, wanted)
  assert.equal(missing.headers['content-encoding'], undefined)
  const clusters = Array.from({ length: 50 }, (_, i) => `cluster-with-a-long-name-that-fills-the-response-${i}`)
  const created = await fetch(`${url}/v1/ecs/tokens`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...wanted },
    body: JSON.stringify({ name: 'many', role: 'viewer', clusters }),
  })
  assert.deepEqual([created.status, created.headers.get('content-encoding')], [201, null])
  assert.ok(Number(created.headers.get('content-length')) > 2048)
})

test('If-Match accepts the ETag of a compressed response', async () => {
  const body = { containers: { web: { environment: { LONG: 'x'.repeat(4000) } } } }
  await api.patch('/local/clusters/large/services/s0', body)
  const path = '/v1/ecs/local/clusters/large/services/s0'
  // At most two bodies are compressed at once: while others are, a body is sent plain.
  let got = await getRaw(path, { 'accept-encoding': 'gzip', 'cache-control': 'no-cache' })
  while (got.headers['content-encoding'] === undefined)
    got = await getRaw(path, { 'accept-encoding': 'gzip', 'cache-control': 'no-cache' })
  assert.match(String(got.headers.etag), /^W\//)
  const { status } = await api.patch(
    '/local/clusters/large/services/s0?dryRun=true',
    { count: 1 },
    {
      headers: { 'if-match': String(got.headers.etag) },
    },
  )
  assert.equal(status, 200)
})

test('text and the OpenAPI document are compressed, too', async () => {
  const plain = await getRaw('/openapi.json')
  const zipped = await getRaw('/openapi.json', { 'accept-encoding': 'gzip' })
  assert.equal(zipped.headers['content-encoding'], 'gzip')
  assert.equal(gunzipSync(zipped.bytes).toString(), plain.bytes.toString())
  const unchanged = await getRaw('/openapi.json', {
    'accept-encoding': 'gzip',
    'if-none-match': String(plain.headers.etag),
  })
  assert.deepEqual(
    [unchanged.status, unchanged.headers.etag, unchanged.headers.vary, unchanged.headers['content-encoding']],
    [304, `W/${plain.headers.etag}`, 'Accept-Encoding', undefined],
  )
  const docs = await getRaw('/docs', { 'accept-encoding': 'br' })
  assert.equal(docs.headers['content-encoding'], 'br')
})

test('a list of 300 services has less than 40 kB compressed; unchanged it is a 304 without a body', async () => {
  await api.post('/local/clusters', { name: 'many' })
  for (let i = 0; i < 300; i += 20)
    await Promise.all(
      Array.from({ length: 20 }, (_, j) =>
        api.post('/local/clusters/many/services', {
          name: `service-${i + j}`,
          taskDefinition: 'large',
          count: 1,
          tags: { team: `team-${(i * 7 + j) % 23}`, owner: `person-${i + j}@example.org` },
        }),
      ),
    )
  const path = '/v1/ecs/local/clusters/many/services?limit=300'
  for (const encoding of Object.keys(decoders)) {
    const { headers, bytes } = await getRaw(path, { 'accept-encoding': encoding })
    assert.ok(bytes.length < 40_000, `${encoding}: ${bytes.length} bytes`)
    assert.equal(JSON.parse(decoders[encoding as keyof typeof decoders](bytes).toString()).items.length, 300)
    const again = await getRaw(path, { 'accept-encoding': encoding, 'if-none-match': String(headers.etag) })
    assert.deepEqual([again.status, again.bytes.length], [304, 0])
  }
})
