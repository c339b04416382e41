/** The response to a request for lines that cannot be read has the reason: the action, log group or container. */
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import { startEngineOverTcp } from '../testing/engine-over-tcp.ts'
import { followLines } from '../testing/log-follower.ts'
import { definitionWithLogs, logsClient, newLoggedService } from '../testing/logged-service.ts'
import { startTestProgram } from '../testing/program.ts'

const aws = await startEngineOverTcp()
const upstream = new URL(aws.account('any').endpoint!)

/** The response of the endpoint to every action of CloudWatch Logs; undefined where the engine responds. */
let logsReply: { status: number; type: string; body: string } | undefined
let logsCalls = 0
const proxy = createServer(async (request, response) => {
  const isOfLogs = String(request.headers['x-amz-target']).startsWith('Logs_20140328.')
  if (isOfLogs) logsCalls++
  if (isOfLogs && logsReply) {
    request.resume()
    response.writeHead(logsReply.status, { 'content-type': logsReply.type }).end(logsReply.body)
    return
  }
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const headers = Object.fromEntries(
    Object.entries(request.headers).filter(([name]) => !/^(connection|content-length|expect)$/.test(name)),
  ) as Record<string, string>
  const answer = await fetch(new URL(request.url ?? '/', upstream), {
    method: 'POST',
    headers,
    body: Buffer.concat(chunks),
  })
  const type = answer.headers.get('content-type') ?? ''
  response.writeHead(answer.status, { 'content-type': type }).end(Buffer.from(await answer.arrayBuffer()))
})
await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
after(() => {
  proxy.closeAllConnections()
  proxy.close()
})
const endpoint = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
const program = await startTestProgram({ accounts: [aws.account('remote', { endpoint, budget: 'off' })] })
const { api } = program
const { url } = await program.listen()
const logs = logsClient(aws)
const uncached = { headers: { 'cache-control': 'no-cache' } }

test('an endpoint without CloudWatch Logs gets a 501 that names the action', async () => {
  const service = await newLoggedService(program, aws, { account: 'remote', cluster: 'foreign' })
  const [task = ''] = await service.taskIds()
  for (const reply of [
    { status: 400, type: 'application/x-amz-json-1.1', body: '{"__type":"UnknownOperationException"}' },
    { status: 501, type: 'application/json', body: '{}' },
    { status: 404, type: 'text/html', body: '<!doctype html><title>404</title>' },
  ]) {
    logsReply = reply
    const ofTask = `/remote/clusters/foreign/tasks/${task}/logs`
    const ofService = `${service.path}/logs`
    for (const path of [ofService, ofTask, `${ofService}?follow=true`, `${ofService}?follow=true&since=1h`]) {
      const answer = await api.get(path, uncached)
      assert.deepEqual(
        [answer.status, answer.body.code, answer.body.action],
        [501, 'NotOfferedByAws', 'logs:FilterLogEvents'],
        answer.text,
      )
    }
    assert.equal((await api.get(service.path, uncached)).status, 200)
  }
  logsReply = undefined
  assert.equal((await api.get(`${service.path}/logs`, uncached)).status, 200)
})

test('the problem of a missing permission names the action', async () => {
  const service = await newLoggedService(program, aws, { account: 'remote', cluster: 'denied' })
  logsReply = {
    status: 400,
    type: 'application/x-amz-json-1.1',
    body: JSON.stringify({
      __type: 'AccessDeniedException',
      message:
        'User: arn:aws:sts::111122223333:assumed-role/ecs-api/x is not authorized to perform: logs:FilterLogEvents on resource: arn:aws:logs:us-east-1:111122223333:log-group:/ecs/denied:log-stream: because no identity-based policy allows the logs:FilterLogEvents action',
    }),
  }
  const answer = await api.get(`${service.path}/logs`, uncached)
  logsReply = undefined
  assert.deepEqual(
    [answer.status, answer.body.code, answer.body.action],
    [502, 'AwsAccessDenied', 'logs:FilterLogEvents'],
    answer.text,
  )
})

test('a missing log group is named in `unavailable`, and the lines of other groups are returned', async () => {
  const service = await newLoggedService(program, aws, { account: 'remote', cluster: 'groups' })
  const [task = ''] = await service.taskIds()
  await service.write(task, 'web', [{ timestamp: Date.now(), message: 'here' }])
  await logs.createLogGroup({ logGroupName: '/ecs/side' })
  const both = definitionWithLogs('both', ['web', 'side'], service.group) as {
    containerDefinitions: { logConfiguration: { options: Record<string, string> } }[]
  }
  both.containerDefinitions[1]!.logConfiguration.options['awslogs-group'] = '/ecs/side'
  assert.equal((await api.post('/remote/taskdefs', both)).status, 201)
  const patched = await api.patch(`${service.path}?wait=STABLE`, { taskDefinition: 'both' })
  assert.equal(patched.status, 200, patched.text)
  await logs.deleteLogGroup({ logGroupName: '/ecs/side' })
  const part = await api.get(`${service.path}/logs`, uncached)
  assert.deepEqual(
    [part.status, part.body.items.map(({ message }: { message: string }) => message)],
    [200, ['here']],
    part.text,
  )
  assert.deepEqual(
    part.body.unavailable.map(({ part, action }: { part: string; action: string }) => [part, action]),
    [['log group /ecs/side', 'logs:FilterLogEvents']],
  )
  await logs.deleteLogGroup({ logGroupName: service.group })
  const none = await api.get(`${service.path}/logs`, uncached)
  assert.deepEqual([none.status, none.body.code], [404, 'LogGroupNotFound'], none.text)
  assert.match(none.body.detail, /\/ecs\/(groups|side)/)
})

test('while one container has no stream yet, the lines of others are returned', async () => {
  const service = await newLoggedService(program, aws, { account: 'remote', cluster: 'streams', count: 2 })
  const [first = '', second = ''] = await service.taskIds()
  await service.write(first, 'web', [{ timestamp: Date.now(), message: 'one' }])
  await logs.deleteLogStream({ logGroupName: service.group, logStreamName: `ecs/web/${second}` })
  for (let i = 0; i < 2; i++) {
    const answer = await api.get(`${service.path}/logs`, uncached)
    assert.deepEqual(
      [answer.status, answer.body.items?.map(({ message }: { message: string }) => message)],
      [200, ['one']],
      answer.text,
    )
  }
})

test('`elsewhere` says where containers with other drivers send their lines, without secrets of the options', async () => {
  await api.put('/remote/clusters/drivers', {})
  const definition = {
    family: 'drivers',
    executionRoleArn: 'arn:aws:iam::111122223333:role/execution',
    containerDefinitions: [
      {
        name: 'web',
        image: 'nginx',
        logConfiguration: { logDriver: 'awsfirelens', options: { Name: 'datadog', apikey: 'very-secret-key' } },
      },
      {
        name: 'router',
        image: 'fluent-bit',
        firelensConfiguration: { type: 'fluentbit' },
        logConfiguration: {
          logDriver: 'splunk',
          options: { 'splunk-url': 'https://splunk.example', 'splunk-token': 'very-secret-token' },
        },
      },
      { name: 'quiet', image: 'busybox', essential: false },
    ],
  }
  const made = await api.post('/remote/taskdefs', definition)
  assert.equal(made.status, 201, made.text)
  await api.post('/remote/clusters/drivers/services?wait=STABLE', { name: 'www', taskDefinition: 'drivers', count: 1 })
  const before = logsCalls
  const answer = await api.get('/remote/clusters/drivers/services/www/logs')
  assert.deepEqual([answer.status, answer.body.items, answer.body.nextCursor], [200, [], null], answer.text)
  assert.deepEqual(
    answer.body.elsewhere.map(({ container, driver, options, taskDefinitions }: Record<string, unknown>) => [
      container,
      driver,
      options,
      taskDefinitions,
    ]),
    [
      ['web', 'awsfirelens', { Name: 'datadog' }, ['drivers:1']],
      ['router', 'splunk', { 'splunk-url': 'https://splunk.example' }, ['drivers:1']],
      ['quiet', null, {}, ['drivers:1']],
    ],
  )
  assert.doesNotMatch(answer.text, /very-secret/)
  const follower = await followLines(`${url}/v1/ecs/remote/clusters/drivers/services/www/logs`, program.token)
  const { data } = await follower.waitForEvent(({ event }) => event === 'lines')
  follower.close()
  assert.deepEqual([data.items, data.elsewhere, data.incomplete], [[], answer.body.elsewhere, false])
  assert.equal(logsCalls, before, 'nothing was asked of CloudWatch Logs')
})
