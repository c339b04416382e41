import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { test } from 'node:test'
import Type from 'typebox'
import { Conflict } from '../problems/problem.ts'
import { startTestServer } from '../testing/test-server.ts'
import { countAwsCall } from './aws-calls.ts'
import { pageOf, pageQuery } from './list.ts'
import type { RequestLine } from './request-line.ts'
import { checkIfMatch } from './response/etag.ts'

const anySchema = Type.Any({ description: 'anything' })
const answers = { 200: anySchema }
const names = Array.from({ length: 250 }, (_, i) => `item-${String(i).padStart(3, '0')}`)
let bugs = 0
const lines: RequestLine[] = []

async function createTestServer() {
  const server = await startTestServer<{ name: string }>({
    findAccount: (name) => (name === 'nonprod' ? { name } : undefined),
    accountNames: () => ['nonprod'],
    onAnswered: (line) => lines.push(line),
    onBug: () => bugs++,
  })
  const { api } = server
  api.get(
    '/ping',
    { schema: { summary: 'ping', tag: 't', answers, isPublic: true, produces: 'text/plain' } },
    () => 'pong',
  )
  api.get('/:account/things', { schema: { summary: 'list', tag: 't', query: pageQuery, answers } }, ({ query }) =>
    pageOf(names, { key: (n) => [n] }, query),
  )
  api.get(
    '/:account/things/:thing',
    {
      schema: {
        summary: 'one',
        tag: 't',
        query: {
          force: Type.Optional(Type.Boolean()),
          status: Type.Optional(Type.Union([Type.Literal('ON'), Type.Literal('OFF')])),
        },
        notYetAvailable: { recursive: { accepted: ['false'], planned: ['true'], feature: 'comes with operations' } },
        answers,
      },
    },
    ({ account, params, query }) => {
      countAwsCall({
        account: account.name,
        action: 'DescribeThings',
        durationMs: 2.5,
        attempts: 1,
        throttles: 0,
        problem: undefined,
        mayHaveChanged: false,
        writeRequestId: undefined,
      })
      return { account: account.name, thing: params.thing, ...query }
    },
  )
  api.post(
    '/:account/things',
    { schema: { summary: 'make', tag: 't', body: anySchema, answers: { 201: anySchema } } },
    (call, reply) => reply.created({ got: call.body, token: call.clientToken() }, `/${call.account.name}/things/new`),
  )
  api.patch(
    '/:account/things/:thing',
    { schema: { summary: 'change', tag: 't', body: anySchema, answers, ifMatch: true } },
    ({ body, ifMatch }) => {
      checkIfMatch(ifMatch, { configVersion: 'v1' })
      return body
    },
  )
  api.delete('/:account/things/:thing', { schema: { summary: 'drop', tag: 't', answers } }, ({ params }) => {
    if (params.thing === 'bug') throw new TypeError('secret words')
    throw new Conflict('ClusterContainsServices', 'It holds a, b.', {
      next: 'Delete them first.',
      extensionMembers: { services: ['a', 'b'] },
    })
  })
  return server
}

const { app } = await createTestServer()
const base = '/v1/ecs/nonprod/things'
type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS'
async function call(
  method: Method,
  url: string,
  { headers = {}, body }: { headers?: Record<string, string>; body?: string | Buffer } = {},
) {
  const answer = await app.inject({
    method,
    url,
    headers: { authorization: 'Bearer good', ...headers },
    ...(body !== undefined && { payload: body }),
  })
  const isJson = String(answer.headers['content-type']).includes('json')
  return {
    status: answer.statusCode,
    headers: answer.headers,
    text: answer.body,
    json: isJson && answer.body ? answer.json() : undefined,
  }
}
const json = { 'content-type': 'application/json' }

async function assertProblem(expected: [status: number, code: string], ...request: Parameters<typeof call>) {
  const answer = await call(...request)
  assert.deepEqual([answer.status, answer.json?.code], expected)
  assert.equal(answer.headers['content-type'], 'application/problem+json')
  assert.equal(answer.json.type, `/docs/problems/${expected[1]}`)
  assert.equal(answer.json.status, expected[0])
  assert.equal(answer.json.requestId, answer.headers['x-request-id'])
  assert.ok(answer.json.title && answer.json.detail)
  assert.match(String(answer.headers['server-timing']), /^aws;dur=/)
  return answer
}

test('every response has a request id, the client’s own if valid, and the time of AWS calls', async () => {
  const own = await call('GET', `${base}/a`, { headers: { 'x-request-id': 'my-id.1' } })
  assert.equal(own.headers['x-request-id'], 'my-id.1')
  assert.equal(own.headers['server-timing'], 'aws;dur=2.5;desc="calls=1"')
  const bad = await call('GET', `${base}/a`, { headers: { 'x-request-id': 'no spaces please' } })
  assert.match(String(bad.headers['x-request-id']), /^[\w.-]{12}-[0-9a-z]+$/)
})

test('a name in a path may be an encoded ARN', async () => {
  const arn = `arn:aws:ecs:us-east-1:123456789012:cluster/${'x'.repeat(300)}`
  assert.equal((await call('GET', `${base}/${encodeURIComponent(arn)}`)).json.thing, arn)
})

test('without a valid token every path gets a 401, unknown ones too, except public routes', async () => {
  for (const url of [`${base}/a`, '/v1/ecs/nothing/here/at/all', '/elsewhere']) {
    const none = await assertProblem([401, 'Unauthorized'], 'GET', url, { headers: { authorization: '' } })
    assert.equal(none.headers['www-authenticate'], 'Bearer realm="ecs-api"')
    await assertProblem([401, 'Unauthorized'], 'GET', url, { headers: { authorization: 'Bearer bad' } })
  }
  assert.equal((await call('GET', '/v1/ecs/ping', { headers: { authorization: '' } })).text, 'pong')
  assert.equal((await call('GET', `${base}/a`, { headers: { authorization: '', 'x-auth-token': 'good' } })).status, 200)
})

test('an unknown path gets a 404, and a 405 lists the allowed methods', async () => {
  await assertProblem([404, 'RouteNotFound'], 'GET', '/v1/ecs/nonprod/nothings')
  await assertProblem([404, 'RouteNotFound'], 'GET', `${base}/`)
  const wrong = await assertProblem([404, 'AccountNotFound'], 'GET', '/v1/ecs/nonprot/things')
  assert.match(wrong.json.detail, /Did you mean nonprod\?/)
  assert.equal((await assertProblem([405, 'MethodNotAllowed'], 'PUT', base)).headers.allow, 'GET, HEAD, POST')
  assert.equal(
    (await assertProblem([405, 'MethodNotAllowed'], 'OPTIONS', `${base}/a`)).headers.allow,
    'DELETE, GET, HEAD, PATCH',
  )
  // The router decides before the body is read.
  await assertProblem([404, 'RouteNotFound'], 'POST', '/v1/ecs/nonprod/nothings', { headers: json, body: '{' })
})

test('all errors of a query are reported at once, with the nearest name', async () => {
  const { json: problem } = await assertProblem(
    [400, 'InvalidQuery'],
    'GET',
    `${base}/a?forc=1&status=UP&force=maybe&status2=1`,
  )
  assert.deepEqual(problem.errors, [
    { in: 'query', name: 'forc', message: 'unknown; did you mean force?' },
    { in: 'query', name: 'status2', message: 'unknown; did you mean status?' },
    { in: 'query', name: 'status', message: 'must be one of ON, OFF' },
    { in: 'query', name: 'force', message: 'must be true or false' },
  ])
  await assertProblem([400, 'InvalidQuery'], 'GET', `${base}/a?force=true&force=false`)
  await assertProblem([400, 'InvalidQuery'], 'GET', `${base}?limit=0`)
  await assertProblem([400, 'InvalidQuery'], 'GET', `${base}?limit=1001`)
  assert.deepEqual((await call('GET', `${base}/a?force=true&recursive=false`)).json, {
    account: 'nonprod',
    thing: 'a',
    force: true,
  })
  await assertProblem([501, 'NotYetAvailable'], 'GET', `${base}/a?recursive=true`)
  await assertProblem([400, 'InvalidQuery'], 'GET', `${base}/a?recursive=perhaps`)
})

test('malformed JSON is reported with its position', async () => {
  const cases: [string, number][] = [
    ['{"a": x}', 6],
    ['{"a": 1,}', 8],
    ['{"a" 1}', 5],
    ['[1 2]', 3],
    ['{"a": "b', 8],
    ['', -1],
    ['{"a": [1, {"b": tru}]}', 16],
    ['{"a": 01}', 6],
    ['{} {}', 3],
    ['{"a": "\u0001"}', 7],
  ]
  for (const [body, position] of cases) {
    if (position < 0) await assertProblem([400, 'BodyMissing'], 'POST', base, { headers: json, body })
    else
      assert.equal(
        (await assertProblem([400, 'MalformedJson'], 'POST', base, { headers: json, body })).json.position,
        position,
        body,
      )
  }
  await assertProblem([400, 'MalformedJson'], 'POST', base, { headers: json, body: Buffer.from([0x22, 0xff, 0x22]) })
  assert.match(
    (await assertProblem([400, 'MalformedJson'], 'POST', base, { headers: json, body: '{\n "a": x}' })).json.detail,
    /line 2, column 7/,
  )
})

test('bodies must be JSON, and only PATCH accepts a merge patch', async () => {
  await assertProblem([415, 'UnsupportedMediaType'], 'POST', base, {
    headers: { 'content-type': 'text/plain' },
    body: 'hello',
  })
  await assertProblem([415, 'UnsupportedMediaType'], 'POST', base, {
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: '{"a":1}',
  })
  await assertProblem([415, 'UnsupportedMediaType'], 'POST', base, {
    headers: { 'content-type': 'application/merge-patch+json' },
    body: '{}',
  })
  const patched = await call('PATCH', `${base}/a`, {
    headers: { 'content-type': 'application/merge-patch+json; charset=utf-8' },
    body: '{"a":null,"b":"0"}',
  })
  assert.deepEqual(patched.json, { a: null, b: '0' })
})

test('a body on a route without one is rejected, not ignored', async () => {
  await assertProblem([400, 'InvalidBody'], 'DELETE', `${base}/a`, { headers: json, body: '{"force":true}' })
  assert.equal((await call('DELETE', `${base}/a`, { headers: json, body: '{}' })).json.code, 'ClusterContainsServices')
})

test('oversized bodies and URLs get their own problem codes', async () => {
  await assertProblem([413, 'BodyTooLarge'], 'POST', base, {
    headers: json,
    body: JSON.stringify('x'.repeat(1024 * 1024)),
  })
  await assertProblem([414, 'UriTooLong'], 'GET', `${base}?cursor=${'x'.repeat(8000)}`)
  await assertProblem([400, 'InvalidPath'], 'GET', `${base}/%zz`)
})

test('a created resource gets a 201 with Location, and the body arrives unchanged', async () => {
  const made = await call('POST', base, { headers: json, body: '{"name":null,"cpu":"256"}' })
  assert.equal(made.status, 201)
  assert.equal(made.headers.location, '/v1/ecs/nonprod/things/new')
  assert.deepEqual(made.json.got, { name: null, cpu: '256' })
})

test('an Idempotency-Key gives the same client token for the same request only, and must be valid', async () => {
  const token = async (key: string) =>
    (await call('POST', base, { headers: { ...json, 'idempotency-key': key }, body: '{}' })).json.token
  assert.match(await token('a'), /^[0-9a-f]{32}$/)
  assert.equal(await token('a'), await token('a'))
  assert.notEqual(await token('a'), await token('b'))
  await assertProblem([400, 'InvalidHeader'], 'POST', base, {
    headers: { ...json, 'idempotency-key': 'a b' },
    body: '{}',
  })
})

test('a GET has an ETag and Age and supports If-None-Match, and HEAD equals it without a body', async () => {
  const first = await call('GET', `${base}/a`)
  assert.equal(first.headers.age, '0')
  const etag = String(first.headers.etag)
  for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
    const again = await call('GET', `${base}/a`, { headers: { 'if-none-match': known } })
    assert.deepEqual([again.status, again.text, again.headers.etag], [304, '', etag])
  }
  assert.equal((await call('GET', `${base}/b`, { headers: { 'if-none-match': etag } })).status, 200)
  const head = await call('HEAD', `${base}/a`)
  assert.deepEqual(
    [head.status, head.text, head.headers.etag, head.headers['content-length']],
    [200, '', etag, first.headers['content-length']],
  )
  assert.equal((await call('HEAD', `${base}/a?nope=1`)).status, 400)
})

test('If-Match permits a write only when nothing has changed', async () => {
  const patch = (ifMatch: string) =>
    call('PATCH', `${base}/a`, { headers: { ...json, 'if-match': ifMatch }, body: '{}' })
  const tag = (await import('./response/etag.ts')).etagOf(JSON.stringify({ configVersion: 'v1' }))
  for (const good of ['v1', '"v1"', '*', tag]) assert.equal((await patch(good)).status, 200, good)
  await assertProblem([412, 'PreconditionFailed'], 'PATCH', `${base}/a`, {
    headers: { ...json, 'if-match': 'v0' },
    body: '{}',
  })
  await assertProblem([400, 'InvalidHeader'], 'DELETE', `${base}/a`, { headers: { 'if-match': 'v1' } })
})

test('a GET whose Accept excludes JSON gets a 406', async () => {
  for (const accept of [
    'text/event-stream',
    'text/event-stream, application/json;q=0',
    'text/html',
    'application/json;q=0, text/html',
  ]) {
    await assertProblem([406, 'NotAcceptable'], 'GET', `${base}/a`, { headers: { accept } })
  }
  for (const accept of [
    '*/*',
    'application/*',
    'text/event-stream, application/json',
    'text/html, */*;q=0.1',
    'application/json; charset=utf-8',
  ]) {
    assert.equal((await call('GET', `${base}/a`, { headers: { accept } })).status, 200, accept)
  }
})

test('a list is paged to its end by cursor or Link, and an invalid cursor is rejected', async () => {
  const seen: string[] = []
  let url: string | undefined = `${base}?limit=60`
  while (url) {
    const { json: body, headers } = await call('GET', url)
    seen.push(...body.items)
    url = /^<(.+)>; rel="next"$/.exec(String(headers.link))?.[1]
    assert.equal(url === undefined, body.nextCursor === null)
  }
  assert.deepEqual(seen, names)
  assert.equal((await call('GET', base)).json.items.length, 100)
  for (const cursor of ['x', 'bnVsbA', Buffer.from('[1]').toString('base64url'), '']) {
    await assertProblem([400, 'InvalidCursor'], 'GET', `${base}?cursor=${cursor}`)
  }
})

test('a problem names the obstacle; a bug is a 500 without details', async () => {
  const { json: conflict } = await assertProblem([409, 'ClusterContainsServices'], 'DELETE', `${base}/a`)
  assert.deepEqual([conflict.services, conflict.detail], [['a', 'b'], 'It holds a, b. Delete them first.'])
  const before = bugs
  const bug = await assertProblem([500, 'InternalError'], 'DELETE', `${base}/bug`)
  assert.doesNotMatch(bug.text, /secret/)
  assert.equal(bugs, before + 1)
})

test('bytes that are not HTTP, and too many headers, get a problem response', async () => {
  const { app: listening } = await createTestServer()
  const before = lines.length
  const address = await listening.listen({ host: '127.0.0.1', port: 0 })
  const port = Number(new URL(address).port)
  const raw = (text: string) =>
    new Promise<string>((resolve, reject) => {
      let all = ''
      const socket = connect(port, '127.0.0.1', () => socket.write(text))
      socket
        .on('data', (data) => (all += data))
        .on('close', () => resolve(all))
        .on('error', reject)
    })
  try {
    assert.match(
      await raw('rubbish\r\n\r\n'),
      /^HTTP\/1\.1 400 [\s\S]*application\/problem\+json[\s\S]*"code":"MalformedRequest"/,
    )
    assert.match(
      await raw(`GET / HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`),
      /^HTTP\/1\.1 431 [\s\S]*"code":"HeadersTooLarge"/,
    )
    assert.match(
      await raw('PROPFIND /v1/ecs/ping HTTP/1.1\r\nHost: x\r\nX-Auth-Token: good\r\nConnection: close\r\n\r\n'),
      /^HTTP\/1\.1 405 [\s\S]*allow: GET, HEAD/i,
    )
    assert.match(
      await raw('GET /v1/ecs/%zz HTTP/1.1\r\nHost: x\r\nX-Request-Id: bad-path\r\nConnection: close\r\n\r\n'),
      /^HTTP\/1\.1 400 /,
    )
  } finally {
    await listening.close()
  }
  const logged = lines.slice(before).map(({ method, status, code }) => [method, status, code])
  assert.deepEqual(logged, [
    [undefined, 400, 'MalformedRequest'],
    [undefined, 431, 'HeadersTooLarge'],
    ['PROPFIND', 405, 'MethodNotAllowed'],
    ['GET', 400, 'InvalidPath'],
  ])
  const last = lines.at(-1)!
  assert.deepEqual([last.requestId, last.ms * 10], ['bad-path', Math.round(last.ms * 10)], 'in tenths of a millisecond')
})
