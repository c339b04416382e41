/** Runs the gateway with known secrets, and searches all its output for them. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { startCollector } from '../testing/collector.ts'
import { startEngineOverTcp } from '../testing/engine-over-tcp.ts'
import { skipWithoutPostgres, startPostgres } from '../testing/postgres.ts'
import { newFolder, startCli } from '../testing/process.ts'

const secret = (label: string) => `${label}-${randomBytes(12).toString('hex')}`

/** Starts an OIDC issuer on loopback and issues one JWT. */
async function issuedJwt(): Promise<{ issuer: string; jwt: string }> {
  const { publicKey, privateKey } = await generateKeyPair('ES256')
  const key = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256', use: 'sig' }
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(request.url === '/keys' ? { keys: [key] } : { issuer, jwks_uri: `${issuer}/keys` }))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  after(() => server.close().closeAllConnections())
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const claims = new SignJWT({ groups: ['platform'] }).setProtectedHeader({ alg: 'ES256', kid: 'one' })
  const jwt = await claims
    .setIssuer(issuer)
    .setAudience('ecs-api')
    .setSubject('ada')
    .setExpirationTime('1h')
    .sign(privateKey)
  return { issuer, jwt }
}

test('no secret is in logs, the audit log, metrics, traces, problems or the process list', {
  skip: skipWithoutPostgres,
}, async (t) => {
  const [postgres, aws, collector, { issuer, jwt }] = await Promise.all([
    startPostgres(),
    startEngineOverTcp({ verifySignatures: true }),
    startCollector(),
    issuedJwt(),
  ])
  const { folder, remove } = await newFolder()
  t.after(remove)
  const { endpoint, credentials } = aws.account('remote')
  const secrets = {
    adminToken: secret('admin'),
    storeKey: secret('store-key'),
    storePassword: secret('store-password'),
    awsSecretKey: String(credentials.secretAccessKey),
    wrongAwsSecretKey: secret('aws-key'),
    environmentValue: secret('environment'),
    changedValue: secret('changed'),
    oddValue: secret('odd'),
    idempotencyKey: secret('key'),
    collectorHeader: secret('collector'),
    wrongToken: secret('wrong'),
    jwt,
    forgedJwt: `${jwt.slice(0, -8)}AAAAAAAA`,
    newToken: '',
  }
  const store = new URL(postgres.newUrl())
  store.password = secrets.storePassword
  const account = { region: 'us-east-1', endpoint, defaults: { subnets: ['subnet-0a1b2c3d'] } }
  const keys = (name: string) => ({ accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: `env:${name}` })
  await writeFile(
    join(folder, 'ecs-api.yaml'),
    JSON.stringify({
      store: 'env:DATABASE_URL',
      storeKey: 'env:STORE_KEY',
      oidc: { issuer, audience: 'ecs-api', rules: [{ claim: 'groups', value: 'platform', role: 'operator' }] },
      accounts: {
        remote: { ...account, credentials: keys('AWS_KEY') },
        wrong: { ...account, credentials: keys('WRONG_KEY') },
        gone: { ...account, endpoint: 'http://127.0.0.1:9', credentials: keys('AWS_KEY') },
      },
    }),
  )
  const { waitForOutput, child, exit, output } = startCli(['serve'], {
    folder,
    env: {
      ECS_API_TOKEN: secrets.adminToken,
      DATABASE_URL: String(store),
      STORE_KEY: secrets.storeKey,
      AWS_KEY: secrets.awsSecretKey,
      WRONG_KEY: secrets.wrongAwsSecretKey,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_HEADERS: `authorization=${secrets.collectorHeader}`,
    },
  })
  let isStoreStopped = false
  t.after(async () => {
    child.kill('SIGKILL')
    if (!isStoreStopped) await postgres.stop()
  })
  const [, url = ''] = await waitForOutput(/^(http:\S+)\n/m)
  const outputs: string[] = []
  const send = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const answer = await fetch(url + path, {
      method,
      headers: { authorization: `Bearer ${secrets.adminToken}`, 'content-type': 'application/json', ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    return { status: answer.status, text: await answer.text(), headers: JSON.stringify([...answer.headers]) }
  }
  /** Sends a request and records its response, which must hold no secret. */
  const sendRecorded = async (...call: Parameters<typeof send>) => {
    const { status, text, headers } = await send(...call)
    outputs.push(`${headers}\n${text}`)
    return status
  }

  const services = '/v1/ecs/remote/clusters/prod/services'
  /** Records the stream of changes: its state, and the events of one change. */
  const recordChanges = async () => {
    const ended = new AbortController()
    const stream = await fetch(`${url}/v1/ecs/remote/changes`, {
      headers: { authorization: `Bearer ${secrets.adminToken}`, accept: 'text/event-stream' },
      signal: ended.signal,
    })
    let events = ''
    for await (const text of stream.body!.pipeThrough(new TextDecoderStream())) {
      if (!events.includes('event: state') && `${events}${text}`.includes('event: state'))
        assert.equal(await sendRecorded('PATCH', `${services}/www`, { tags: { team: 'shop' } }), 200)
      events += text
      if (/event: change\n[\s\S]*shop/.test(events)) break
    }
    ended.abort()
    outputs.push(events)
  }

  const container = { name: 'web', image: 'nginx', environment: { PASSWORD: secrets.environmentValue } }
  const made = await send('POST', '/v1/ecs/tokens', { name: 'portal', role: 'operator' })
  secrets.newToken = (JSON.parse(made.text) as { token: string }).token
  const keyed = { 'idempotency-key': secrets.idempotencyKey }
  assert.equal(await sendRecorded('POST', '/v1/ecs/remote/clusters', { name: 'prod' }, keyed), 201)
  assert.equal(await sendRecorded('POST', '/v1/ecs/remote/clusters', { name: 'prod' }, keyed), 201)
  assert.equal(await sendRecorded('POST', '/v1/ecs/remote/clusters', { name: 'other' }, keyed), 409)
  // The response repeats the given environment; no other output may hold it.
  const definition = { family: 'web', containerDefinitions: [container] }
  assert.equal(
    (await send('POST', '/v1/ecs/remote/taskdefs', definition, { authorization: `Bearer ${secrets.newToken}` })).status,
    201,
  )
  assert.equal(
    await sendRecorded('POST', '/v1/ecs/remote/clusters/prod/tasks', { taskDefinition: 'web', count: 1 }),
    201,
  )
  assert.equal(
    await sendRecorded('GET', '/v1/ecs/remote/clusters/prod', undefined, { authorization: `Bearer ${jwt}` }),
    200,
  )
  const patch = { containers: { web: { environment: { PASSWORD: secrets.changedValue, MORE: secrets.changedValue } } } }
  assert.equal(await sendRecorded('POST', services, { name: 'www', taskDefinition: 'web', count: 0 }), 201)
  assert.equal(await sendRecorded('PATCH', `${services}/www?wait=STABLE`, patch), 200)
  assert.equal(await sendRecorded('GET', `${services}/www/releases`), 200)
  assert.equal(await sendRecorded('GET', `${services}/www/releases/1/diff`), 200)
  for (const part of ['diagnosis', 'logs', 'metrics', 'deployments', 'events'])
    assert.equal(await sendRecorded('GET', `${services}/www/${part}`), 200, part)
  assert.equal(await sendRecorded('GET', '/v1/ecs/remote/clusters/prod/events'), 200)
  assert.equal(await sendRecorded('GET', '/v1/ecs/me'), 200)
  // The values of a plan are masked, because people paste plans into chats and tickets.
  const plans: [method: string, path: string, body?: object][] = [
    ['POST', services, { name: 'more', taskDefinition: 'web', count: 0 }],
    ['PATCH', `${services}/www`, patch],
    ['POST', '/v1/ecs/remote/taskdefs', definition],
    ['POST', `${services}/www/restart`],
    ['DELETE', `${services}/www`],
  ]
  for (const [method, path, body] of plans)
    assert.equal(await sendRecorded(method, `${path}?dryRun=true`, body), 200, `${method} ${path}`)
  assert.equal(await sendRecorded('GET', '/v1/ecs/remote/diagnosis'), 200)
  await recordChanges()
  assert.equal(await sendRecorded('POST', `${services}/www/rollback?dryRun=true`, { release: 1 }), 200)
  assert.equal(await sendRecorded('POST', `${services}/www/rollback?wait=STABLE`, { release: 1 }), 200)
  assert.equal(
    await sendRecorded('GET', '/v1/ecs/remote/clusters', undefined, { authorization: `Bearer ${secrets.forgedJwt}` }),
    401,
  )
  assert.equal(
    await sendRecorded('GET', '/v1/ecs/remote/clusters', undefined, { authorization: `Bearer ${secrets.wrongToken}` }),
    401,
  )
  assert.equal(
    await sendRecorded('GET', '/v1/ecs/remote/clusters', undefined, {
      'x-auth-token': secrets.wrongToken,
      authorization: '',
    }),
    401,
  )
  assert.equal(await sendRecorded('GET', '/v1/ecs/wrong/clusters'), 503)
  assert.equal(await sendRecorded('GET', '/v1/ecs/gone/clusters'), 503)
  assert.equal(await sendRecorded('POST', '/v1/ecs/gone/taskdefs', definition), 503)
  const odd = {
    ...container,
    imge: secrets.oddValue,
    command: { run: secrets.oddValue },
    environment: [{ name: 'PASSWORD', valu: secrets.oddValue }],
  }
  assert.equal(
    await sendRecorded('POST', '/v1/ecs/remote/taskdefs', { family: 'web', containerDefinitions: [odd] }),
    400,
  )
  const misplaced = { ...container, environment: `P=${secrets.oddValue}`, command: `serve ${secrets.oddValue}` }
  assert.equal(
    await sendRecorded('POST', '/v1/ecs/remote/taskdefs', { family: 'web', containerDefinitions: [misplaced] }),
    400,
  )
  assert.equal(await sendRecorded('POST', '/v1/ecs/remote/taskdefs', JSON.stringify(secrets.oddValue)), 400)
  assert.equal(await sendRecorded('POST', '/v1/ecs/remote/taskdefs', JSON.stringify([secrets.oddValue])), 400)
  assert.equal(
    await sendRecorded('POST', '/v1/ecs/remote/taskdefs', `{"family": "web", "secret": "${secrets.oddValue}`),
    400,
  )
  for (const path of ['/v1/ecs/audit', '/metrics', '/v1/ecs/accounts', '/openapi.json', '/v1/ecs/tokens', '/readyz']) {
    assert.equal(await sendRecorded('GET', path), 200, path)
  }
  // Only Linux shows the command line in /proc.
  if (existsSync('/proc')) outputs.push(readFileSync(`/proc/${child.pid}/cmdline`, 'utf8'))
  child.kill('SIGHUP')
  await waitForOutput(/read again/)
  isStoreStopped = true
  await postgres.stop()
  assert.equal(await sendRecorded('POST', '/v1/ecs/remote/clusters', { name: 'never' }), 503)
  child.kill('SIGTERM')
  await exit
  outputs.push(output().stdout, output().stderr, collector.received())

  const everything = outputs.join('\n')
  for (const harmless of [
    '"audit":',
    'ecs_api_aws_call_duration_seconds_count',
    'StoreUnavailable',
    'resourceSpans',
    'PASSWORD',
    'portal',
    'oidc:ada',
    'event: change',
  ]) {
    assert.ok(everything.includes(harmless), `the searched output includes ${harmless}`)
  }
  for (const [name, value] of Object.entries(secrets)) {
    assert.ok(value.length > 20, name)
    for (const form of [value, encodeURIComponent(value), Buffer.from(value).toString('base64')]) {
      const at = everything.indexOf(form)
      assert.equal(at, -1, `${name} is in the output: …${everything.slice(Math.max(0, at - 200), at + 20)}…`)
    }
  }
})
