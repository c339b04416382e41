import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { startCollector } from '../testing/collector.ts'
import { newFolder, startCli, startGatewayProcess } from '../testing/process.ts'

/** OpenTelemetry's numbers of the span kinds SERVER and CLIENT, and of the status ERROR (OTLP, `trace.proto`). */
const [server, client] = [2, 3]
const failed = 2

async function temporaryFolder(t: TestContext): Promise<string> {
  const { folder, remove } = await newFolder()
  t.after(remove)
  return folder
}

test('a request is a span of its traceparent’s trace, with a child span for each AWS call', async (t) => {
  const collector = await startCollector()
  const env = {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
  }
  const { url, token, child, exit, output } = await startGatewayProcess({ folder: await temporaryFolder(t), env })
  const traceId = '0af7651916cd43dd8448eb211c80319c'
  const headers = { authorization: `Bearer ${token}`, traceparent: `00-${traceId}-b7ad6b7169203331-01` }
  await fetch(`${url}/v1/ecs/local/clusters/hidden-name?include=hidden-query`, { headers })
  await fetch(`${url}/v1/ecs/local/clusters/hidden-name`, { headers })
  await fetch(`${url}/v1/ecs/ping`)
  child.kill('SIGTERM')
  assert.equal((await exit).code, 0)

  const spans = collector.spans()
  const route = '/v1/ecs/:account/clusters/:cluster'
  const request = spans.find(
    ({ name, attributes }) => name === `GET ${route}` && attributes['http.response.status_code'] === 404,
  )
  assert.ok(request, collector.received())
  assert.deepEqual(
    [request.kind, request.traceId, request.parentSpanId, request.status.code],
    [server, traceId, 'b7ad6b7169203331', 0],
  )
  const { 'ecs_api.request_id': requestId, ...otherAttributes } = request.attributes
  assert.deepEqual(otherAttributes, {
    'http.request.method': 'GET',
    'http.route': route,
    'http.response.status_code': 404,
    'ecs_api.account': 'local',
    'ecs_api.problem': 'ClusterNotFound',
  })
  const call = spans.find(({ parentSpanId }) => parentSpanId === request.spanId)
  assert.deepEqual([call?.name, call?.kind, call?.traceId], ['DescribeClusters', client, traceId])
  assert.deepEqual(call?.attributes, {
    'rpc.system': 'aws-api',
    'rpc.method': 'DescribeClusters',
    'ecs_api.account': 'local',
    'ecs_api.attempts': 1,
    'ecs_api.throttles': 0,
  })
  assert.ok(BigInt(call?.endTimeUnixNano ?? 0) >= BigInt(call?.startTimeUnixNano ?? 0))
  const ping = spans.find(({ name }) => name === 'GET /v1/ecs/ping')
  assert.ok(
    ping && ping.traceId !== traceId && ping.parentSpanId === undefined,
    'a request without traceparent begins a trace',
  )
  const { 'service.name': service, 'deployment.environment.name': environment } = collector.resource()
  assert.deepEqual([service, environment], ['ecs-api', 'test'])
  assert.ok(!collector.received().includes('hidden'), 'spans hold no names or queries')

  const line = output()
    .stdout.split('\n')
    .find((text) => text.includes(`"requestId":"${requestId}"`))
  assert.equal(JSON.parse(line ?? '{}').traceId, traceId)
})

test('a failed call and its request are error spans with the problem code', async (t) => {
  const collector = await startCollector()
  const env = {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    ECS_API_ACCOUNTS_REMOTE_REGION: 'us-east-1',
    ECS_API_ACCOUNTS_REMOTE_ENDPOINT: 'http://127.0.0.1:9',
    ECS_API_ACCOUNTS_REMOTE_CREDENTIALS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
    ECS_API_ACCOUNTS_REMOTE_CREDENTIALS_SECRET_ACCESS_KEY: 'a-key',
  }
  const { url, token, child, exit } = await startGatewayProcess({ folder: await temporaryFolder(t), env })
  const answer = await fetch(`${url}/v1/ecs/remote/clusters/web`, { headers: { authorization: `Bearer ${token}` } })
  assert.equal(answer.status, 503)
  child.kill('SIGTERM')
  await exit
  const errors = collector.spans().filter(({ status }) => status.code === failed)
  assert.deepEqual(errors.map(({ kind, attributes }) => [kind, attributes['error.type']]).sort(), [
    [server, 'AwsUnreachable'],
    [client, 'AwsUnreachable'],
  ])
  assert.equal(errors.find(({ kind }) => kind === client)?.attributes['ecs_api.attempts'], 3)
})

test('tracing can be switched off, and an unknown sampler stops the start', async (t) => {
  const collector = await startCollector()
  const switches: Record<string, string>[] = [
    { OTEL_TRACES_SAMPLER: 'always_off' },
    { OTEL_SDK_DISABLED: 'true' },
    { OTEL_TRACES_EXPORTER: 'none' },
  ]
  for (const env of switches) {
    const { url, child, exit } = await startGatewayProcess({
      folder: await temporaryFolder(t),
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, ...env },
    })
    await fetch(`${url}/v1/ecs/ping`)
    child.kill('SIGTERM')
    await exit
  }
  assert.equal(collector.received(), '')
  const rejected = startCli(['serve'], {
    folder: await temporaryFolder(t),
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_TRACES_SAMPLER: 'sometimes' },
  })
  assert.equal((await rejected.exit).code, 11)
  assert.match(rejected.output().stderr, /OTEL_TRACES_SAMPLER is sometimes/)
})

test('an unreachable collector delays neither a response nor the shutdown', async (t) => {
  const { url, child, exit } = await startGatewayProcess({
    folder: await temporaryFolder(t),
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9', OTEL_EXPORTER_OTLP_TIMEOUT: '500' },
  })
  assert.equal(await (await fetch(`${url}/v1/ecs/ping`)).text(), 'pong')
  child.kill('SIGTERM')
  assert.equal((await exit).code, 0)
})
