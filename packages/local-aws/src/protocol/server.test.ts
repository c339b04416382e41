import assert from 'node:assert/strict'
import { request } from 'node:http'
import { type TestContext, test } from 'node:test'
import { CreateClusterCommand, DescribeClustersCommand, ECSClient, ListClustersCommand } from '@aws-sdk/client-ecs'
import { Sha256 } from '@smithy/core/checksum'
import { HttpRequest } from '@smithy/core/transport'
import { SignatureV4 } from '@smithy/signature-v4'
import type { LocalAwsOptions } from '../options.ts'
import { createManualClock } from '../testing/manual-clock.ts'
import { openTestEngine } from '../testing/test-engine.ts'

const configuredAccount = {
  number: '111122223333',
  name: 'given',
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
}

test('a remote client that signs with the account’s keys gets the same responses as a client in process', async (t) => {
  const { ecs, clientOverTcp } = await startEngine(t, { verifySignatures: true, accounts: [configuredAccount] })
  const { cluster } = await clientOverTcp(configuredAccount).send(new CreateClusterCommand({ clusterName: 'prod' }))
  assert.deepEqual(
    (await ecs.send(new DescribeClustersCommand({ clusters: ['prod'], include: ['TAGS', 'SETTINGS'] }))).clusters,
    [cluster],
  )
})

test('a wrong secret, an unknown key and a skewed clock are rejected with AWS’s messages', async (t) => {
  const clock = createManualClock(Date.now())
  const { clientOverTcp } = await startEngine(t, { verifySignatures: true, accounts: [configuredAccount], clock })
  await assert.rejects(
    clientOverTcp({ ...configuredAccount, secretAccessKey: 'wrong' }).send(new ListClustersCommand({})),
    {
      name: 'InvalidSignatureException',
      message: /^The request signature we calculated does not match the signature you provided\./,
    },
  )
  await assert.rejects(
    clientOverTcp({ ...configuredAccount, accessKeyId: 'AKIANOBODY' }).send(new ListClustersCommand({})),
    {
      name: 'UnrecognizedClientException',
      message: 'The security token included in the request is invalid.',
    },
  )
  await assert.rejects(
    clientOverTcp({ ...configuredAccount, sessionToken: 'none' }).send(new ListClustersCommand({})),
    {
      name: 'UnrecognizedClientException',
    },
  )
  clock.advance(6 * 60_000)
  await assert.rejects(clientOverTcp(configuredAccount).send(new ListClustersCommand({})), {
    name: 'InvalidSignatureException',
    message: /^Signature expired: \d{8}T\d{6}Z is now earlier than \d{8}T\d{6}Z \(\d{8}T\d{6}Z - 5 min\.\)$/,
  })
})

test('a signed request cannot be changed in transit', async (t) => {
  const { url } = await startEngine(t, { verifySignatures: true, accounts: [configuredAccount] })
  const signed = await signedRequest(url, configuredAccount)
  const clusterArns = async (body: string, headers = signed.headers) => (await post(url, headers, body)).body
  assert.match(await clusterArns(signed.body), /"clusterArns":\[\]/)
  assert.match(await clusterArns('{"maxResults":1}'), /InvalidSignatureException/)
  assert.match(
    await clusterArns(signed.body, {
      ...signed.headers,
      'x-amz-target': 'AmazonEC2ContainerServiceV20141113.DeleteCluster',
    }),
    /InvalidSignatureException/,
  )
  const { authorization = '', ...unsigned } = signed.headers
  assert.match(await clusterArns(signed.body, unsigned), /MissingAuthenticationTokenException/)
  assert.match(
    await clusterArns(signed.body, { ...unsigned, authorization: authorization.slice(0, 40) }),
    /IncompleteSignatureException/,
  )
  assert.match(
    await clusterArns(signed.body, { ...signed.headers, 'x-amz-content-sha256': '0'.repeat(64) }),
    /InvalidSignatureException/,
  )
})

test('without --verify any well-formed signature is accepted, and the key may be the account’s number', async (t) => {
  const { aws, ecsClientOf, clientOverTcp } = await startEngine(t)
  await clientOverTcp({ accessKeyId: '999988887777', secretAccessKey: 'x' }).send(
    new CreateClusterCommand({ clusterName: 'a' }),
  )
  await clientOverTcp({ accessKeyId: 'test', secretAccessKey: 'x' }).send(
    new CreateClusterCommand({ clusterName: 'b' }),
  )
  assert.match(
    (await ecsClientOf('999988887777').send(new ListClustersCommand({}))).clusterArns?.[0] ?? '',
    /999988887777:cluster\/a$/,
  )
  assert.match(
    (await ecsClientOf('000000000000').send(new ListClustersCommand({}))).clusterArns?.[0] ?? '',
    /000000000000:cluster\/b$/,
  )
  await assert.rejects(aws.listen({ host: '0.0.0.0' }), /loopback only/)
})

test('invalid requests get AWS’s error responses', async (t) => {
  const { url } = await startEngine(t)
  const { headers } = await signedRequest(url, configuredAccount)
  const answered = await post(url, headers, '{"maxResults":')
  assert.equal(answered.status, 400)
  assert.equal(answered.headers['content-type'], 'application/x-amz-json-1.1')
  assert.match(String(answered.headers['x-amzn-requestid']), /^[0-9a-f-]{36}$/)
  assert.equal(answered.body, '{"__type":"SerializationException"}')
  assert.match((await post(url, headers, '{"maxResults":"ten"}')).body, /"__type":"SerializationException","message":/)
  const unknown = { ...headers, 'x-amz-target': 'AmazonEC2ContainerServiceV20141113.Nope' }
  assert.equal((await post(url, unknown, '{}')).body, '{"__type":"UnknownOperationException"}')
  const { 'x-amz-target': _, ...without } = headers
  assert.equal((await post(url, without, '{}')).body, '{"__type":"UnknownOperationException"}')
  assert.equal((await post(url, headers, 'x'.repeat(8_400_000))).status, 413)
})

test('closing lets a request in progress complete', async (t) => {
  const { aws, url } = await startEngine(t, {}, { isClosedByTest: true })
  const { headers } = await signedRequest(url, configuredAccount)
  const { answered, write } = startRequest(url, { ...headers, 'content-length': '2' })
  write('{')
  await new Promise<void>((resolve) => {
    const agent = request(url, { method: 'POST' }, (response) => response.resume().on('end', resolve))
    agent.end()
  })
  const closed = aws.close()
  write('}')
  assert.equal((await answered).status, 200)
  await closed
})

async function startEngine(t: TestContext, options: Partial<LocalAwsOptions> = {}, { isClosedByTest = false } = {}) {
  const opened = await openTestEngine(t, options, { isClosedByTest })
  const { url } = await opened.aws.listen()
  const clientOverTcp = (credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string }) => {
    const client = new ECSClient({ region: 'us-east-1', endpoint: url, credentials, maxAttempts: 1 })
    t.after(() => client.destroy())
    return client
  }
  return { ...opened, url, clientOverTcp }
}

/** The headers and the body of ListClusters as a client sends it. */
async function signedRequest(url: string, credentials: { accessKeyId: string; secretAccessKey: string }) {
  const { host, hostname } = new URL(url)
  const body = '{}'
  const headers = {
    host,
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': 'AmazonEC2ContainerServiceV20141113.ListClusters',
  }
  const signer = new SignatureV4({
    credentials,
    region: 'us-east-1',
    service: 'ecs',
    sha256: Sha256,
    applyChecksum: false,
  })
  const signed = await signer.sign(new HttpRequest({ method: 'POST', hostname, headers, body }))
  return { headers: signed.headers, body }
}

interface PostResponse {
  status: number
  headers: Record<string, unknown>
  body: string
}

function startRequest(
  url: string,
  headers: Record<string, string>,
): { answered: Promise<PostResponse>; write: (text: string) => void } {
  const { promise, resolve, reject } = Promise.withResolvers<PostResponse>()
  const sending = request(url, { method: 'POST', headers }, (response) => {
    let body = ''
    response.setEncoding('utf8')
    response.on('data', (chunk) => {
      body += chunk
    })
    response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }))
  })
  sending.on('error', reject)
  return { answered: promise, write: (text) => sending.write(text) }
}

async function post(url: string, headers: Record<string, string>, body: string): Promise<PostResponse> {
  const { answered, write } = startRequest(url, { ...headers, 'content-length': String(Buffer.byteLength(body)) })
  write(body)
  return answered
}
