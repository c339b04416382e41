import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import { startTestProgram } from '../../testing/program.ts'

/** The response of the AWS server of this file to every call, until a test sets another one. */
let reply: {
  status: number
  body: string
  cutOff?: boolean
  silent?: boolean
  raw?: string
  type?: string
} = {
  status: 400,
  body: '{}',
}
let calls = 0
const aws = createServer((request, response) => {
  calls++
  request.resume().on('end', () => {
    if (reply.silent) return
    if (reply.raw !== undefined) return void request.socket.end(reply.raw)
    if (reply.cutOff) return void request.socket.destroy()
    response
      .writeHead(reply.status, {
        'content-type': reply.type ?? 'application/x-amz-json-1.1',
        'x-amzn-requestid': 'aws-request-1',
      })
      .end(reply.body)
  })
})
await new Promise<void>((resolve) => aws.listen(0, '127.0.0.1', resolve))
after(() => {
  aws.closeAllConnections()
  aws.close()
})
const endpoint = `http://127.0.0.1:${(aws.address() as AddressInfo).port}`
const account = (name: string, more: object) => ({
  mode: 'aws' as const,
  name,
  region: 'us-east-1',
  defaults: {},
  credentials: {},
  ...more,
})
const keys = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'very-secret-words' }

const { api, requestLines } = await startTestProgram({
  accounts: [
    account('aws', { endpoint, credentials: keys }),
    account('busy', { endpoint, credentials: keys }),
    account('dead', { endpoint, credentials: keys }),
    account('nowhere', { endpoint: 'http://127.0.0.1:9', credentials: keys }),
    account('nobody', { endpoint, credentials: { profile: 'no-such-profile' } }),
  ],
})

type Call = () => ReturnType<typeof api.get>
const getCluster: Call = () => api.get('/aws/clusters/prod')
const createCluster: Call = () => api.post('/aws/clusters', { name: 'prod' })
const stopTask: Call = () => api.delete('/aws/clusters/prod/tasks/0123456789abcdef0123456789abcdef')

const table: [call: Call, awsStatus: number, type: string, message: string, status: number, code: string][] = [
  [getCluster, 400, 'ClusterNotFoundException', 'Cluster not found.', 404, 'ClusterNotFound'],
  [getCluster, 400, 'ThrottlingException', 'Rate exceeded', 429, 'TooManyRequests'],
  [
    getCluster,
    400,
    'AccessDeniedException',
    'User: arn:aws:iam::1:user/x is not authorized to perform: ecs:DescribeClusters on resource: *',
    502,
    'AwsAccessDenied',
  ],
  [
    getCluster,
    400,
    'UnrecognizedClientException',
    'The security token included in the request is invalid.',
    503,
    'AwsCredentialsRefused',
  ],
  [
    getCluster,
    400,
    'ExpiredTokenException',
    'The security token included in the request is expired',
    503,
    'AwsCredentialsRefused',
  ],
  [
    getCluster,
    403,
    'InvalidSignatureException',
    'The request signature we calculated does not match',
    503,
    'AwsCredentialsRefused',
  ],
  [getCluster, 500, 'ServerException', 'Service Unavailable. Please try again later.', 502, 'AwsError'],
  [getCluster, 400, 'ClientException', 'A message that the gateway does not translate.', 400, 'ClientException'],
  [
    getCluster,
    400,
    'InvalidParameterException',
    'Invalid identifier: Unexpected number of separators',
    400,
    'InvalidParameterException',
  ],
  [stopTask, 400, 'InvalidParameterException', 'The referenced task was not found.', 404, 'TaskNotFound'],
  [createCluster, 400, 'LimitExceededException', 'Limit of 10000 clusters exceeded.', 409, 'QuotaExceeded'],
]

for (const [call, awsStatus, type, message, status, code] of table) {
  test(`${type} “${message.slice(0, 50)}” becomes ${status} ${code}`, async () => {
    reply = { status: awsStatus, body: JSON.stringify({ __type: type, message }) }
    const answer = await call()
    assert.deepEqual([answer.status, answer.body.code], [status, code], answer.text)
    assert.equal(answer.body.awsRequestId, 'aws-request-1')
    assert.doesNotMatch(answer.text, /very-secret/)
    if (status === 429 || status === 503) assert.ok(Number(answer.headers['retry-after']) >= 1)
    if (status === 400) assert.equal(answer.body.detail, message, 'the detail is AWS’s own message')
    if (code === 'AwsAccessDenied') assert.equal(answer.body.action, 'ecs:DescribeClusters')
    assert.match(answer.headers['server-timing']!, /^aws;dur=\d+\.\d;desc="calls=[1-9]/)
  })
}

test('an action that the endpoint does not offer becomes a 501 with its name, whatever the endpoint returns', async () => {
  for (const lacking of [
    { status: 400, body: '{"__type":"UnknownOperationException"}' },
    { status: 501, body: '{"message":"not implemented"}' },
    ...[200, 404, 405, 501].map((status) => ({ status, body: '<!doctype html><p>Not here</p>', type: 'text/html' })),
  ]) {
    reply = lacking
    const { status, body, text } = await getCluster()
    assert.deepEqual([status, body.code, body.action], [501, 'NotOfferedByAws', 'ecs:DescribeClusters'], text)
  }
  reply = { status: 200, body: '{"clusters":[]}' }
  // The gateway may have the cluster of the other tests in its cache, so this call is about another one.
  assert.equal((await api.get('/aws/clusters/other')).status, 404, 'the circuit breaker stays closed')
})

test('a response that AWS did not write becomes a 502', async () => {
  reply = { status: 502, body: '<html>Bad Gateway</html>' }
  const answer = await getCluster()
  assert.deepEqual([answer.status, answer.body.code], [502, 'AwsError'])
})

test('bytes that are not HTTP, such as a TLS alert or a broken proxy’s response, become a 502', async () => {
  const tlsAlert = '\x15\x03\x01\x00\x02\x02\x0a'
  for (const raw of [
    tlsAlert,
    'HTTP/1.1 200 OK\r\nno header\r\n\r\n',
    `HTTP/1.1 200 OK\r\nx: ${'x'.repeat(100_000)}\r\n\r\n`,
  ]) {
    reply = { status: 200, body: '', raw }
    for (const call of [getCluster, createCluster]) {
      const answer = await call()
      assert.deepEqual([answer.status, answer.body.code], [502, 'AwsError'], answer.text)
    }
  }
})

test('an unreachable AWS, a response that breaks off and missing credentials: a 503 or 504 without secrets or addresses', async () => {
  const unreachable = await api.get('/nowhere/clusters/prod')
  assert.deepEqual([unreachable.status, unreachable.body.code], [503, 'AwsUnreachable'])
  assert.match(requestLines.at(-1)?.cause ?? '', /ECONNREFUSED/, 'the log names the cause')
  reply = { status: 200, body: '', cutOff: true }
  const cutOffResponse = await getCluster()
  assert.deepEqual([cutOffResponse.status, cutOffResponse.body.code], [504, 'AwsTimeout'])
  const noCredentials = await api.get('/nobody/clusters/prod')
  assert.deepEqual([noCredentials.status, noCredentials.body.code], [503, 'AwsCredentialsRefused'])
  for (const { text } of [unreachable, cutOffResponse, noCredentials])
    assert.doesNotMatch(text, /very-secret|AKIAEXAMPLE|127\.0\.0\.1/)
})

test('the list of accounts gives the reason when an account is unreachable', async () => {
  reply = {
    status: 403,
    body: '<ErrorResponse><Error><Code>InvalidClientTokenId</Code><Message>no</Message></Error></ErrorResponse>',
  }
  const { items } = (await api.get('/accounts')).body
  const reach = Object.fromEntries(
    items.map(({ name, reachable, reason }: { name: string; reachable: boolean; reason?: string }) => [
      name,
      [reachable, reason],
    ]),
  )
  assert.deepEqual(reach.local, [true, undefined])
  assert.equal(reach.nowhere[0], false)
  assert.match(reach.aws[1], /credentials are refused/)
  assert.match(reach.nobody[1], /no credentials/)
})

test('an account whose AWS does not respond is listed as unreachable within 10 s', { timeout: 10_000 }, async () => {
  reply = { status: 200, body: '', silent: true }
  const program = await startTestProgram({ accounts: [account('slow', { endpoint, credentials: keys })] })
  const { body } = await program.api.get('/accounts')
  const slow = body.items.find(({ name }: { name: string }) => name === 'slow')
  assert.equal(slow.reachable, false)
  assert.match(slow.reason, /did not respond/)
})

test('a throttled call is retried before the client gets a 429', async () => {
  reply = { status: 400, body: JSON.stringify({ __type: 'ThrottlingException', message: 'Rate exceeded' }) }
  const before = calls
  await api.get('/busy/clusters/prod')
  assert.ok(calls - before >= 3)
})

test('calls of an account whose credentials AWS refuses fail at once with Retry-After, other accounts are unaffected', async () => {
  reply = {
    status: 400,
    body: JSON.stringify({ __type: 'UnrecognizedClientException', message: 'The security token is invalid.' }),
  }
  for (let i = 0; i < 5; i++) await api.get(`/dead/clusters/c-${i}`)
  const before = calls
  const answer = await api.get('/dead/clusters/prod')
  assert.deepEqual([answer.status, answer.body.code, calls - before], [503, 'AwsCredentialsRefused', 0], answer.text)
  assert.match(answer.headers['retry-after'] ?? '', /^[1-9]$/)
  assert.match(answer.body.detail, /Nothing was sent/)
  assert.equal((await api.get('/local/clusters')).status, 200)
  reply = { status: 200, body: JSON.stringify({ clusterArns: [] }) }
  assert.equal((await api.get('/busy/clusters')).status, 200)
})

test('calls that the circuit breaker rejects take no request-budget tokens: they stay a 503 and become no 429', async () => {
  const tight = { clusterRead: { burst: 8, refill: 0.01 } }
  const { api } = await startTestProgram({
    accounts: [account('dead', { endpoint, credentials: keys, budget: tight })],
  })
  reply = {
    status: 400,
    body: JSON.stringify({ __type: 'UnrecognizedClientException', message: 'The security token is invalid.' }),
  }
  for (let i = 0; i < 20; i++) {
    const answer = await api.get(`/dead/clusters/c-${i}`)
    assert.deepEqual([answer.status, answer.body.code], [503, 'AwsCredentialsRefused'], answer.text)
  }
})

test('an account whose role cannot be assumed fails at once, without further AssumeRole calls', async () => {
  const role = { ...keys, roleArn: 'arn:aws:iam::111122223333:role/ecs-api' }
  const { api } = await startTestProgram({ accounts: [account('roleless', { endpoint, credentials: role })] })
  reply = {
    status: 403,
    body: '<ErrorResponse><Error><Code>InvalidClientTokenId</Code><Message>no</Message></Error></ErrorResponse>',
  }
  for (let i = 0; i < 5; i++) await api.get(`/roleless/clusters/c-${i}`)
  const before = calls
  const answer = await api.get('/roleless/clusters/prod')
  assert.deepEqual([answer.status, answer.body.code, calls - before], [503, 'AwsCredentialsRefused', 0], answer.text)
  assert.match(answer.headers['retry-after'] ?? '', /^[12]$/)
})
