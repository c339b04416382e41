/**
 * Endpoints that are compatible with ECS, but lack some actions, such as those of service deployments and service
 * revisions. A proxy in front of the engine rejects these actions in the ways in which such endpoints do.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, request as forward } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { createDeployedService } from '../testing/deployed-service.ts'
import { startEngineOverTcp } from '../testing/engine-over-tcp.ts'
import { startTestProgram } from '../testing/program.ts'
import { until } from '../testing/until.ts'

const json = 'application/x-amz-json-1.1'
const rejections = {
  UnknownOperationException: { status: 400, type: json, body: '{"__type":"UnknownOperationException"}' },
  '501': { status: 501, type: json, body: '{"__type":"InternalFailure","message":"not implemented"}' },
  'a web page': { status: 200, type: 'text/html', body: '<!DOCTYPE html><html><body>Welcome</body></html>' },
  'a web page with 404': { status: 404, type: 'text/html', body: '<html><body>Not Found</body></html>' },
  'a web page with 501': { status: 501, type: 'text/html', body: '<html><body>Not Implemented</body></html>' },
}
type Rejection = keyof typeof rejections

/** Starts a proxy that forwards to the endpoint, and rejects the actions that it lacks. @returns its URL */
async function startProxy(endpoint: string, lacks: RegExp, rejection: Rejection): Promise<string> {
  const server = createServer((incoming, outgoing) => {
    const action = String(incoming.headers['x-amz-target'] ?? '').replace(/^.*\./, '')
    if (lacks.test(action)) {
      incoming.resume()
      const { status, type, body } = rejections[rejection]
      outgoing.writeHead(status, { 'content-type': type }).end(body)
      return
    }
    const { method, url = '/', headers } = incoming
    const onward = forward(new URL(url, endpoint), { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    onward.on('error', () => outgoing.destroy())
    incoming.pipe(onward)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  after(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const uncached = { headers: { 'cache-control': 'no-cache' } }
const historyActions = /^(List|Describe)Service(Deployments|Revisions)$/

for (const rejection of Object.keys(rejections) as Rejection[])
  test(`${rejection}: releases are those that were seen, with the missing parts under unavailable`, async () => {
    const remote = await startEngineOverTcp()
    const settings = remote.account('foreign')
    const endpoint = await startProxy(settings.endpoint ?? '', historyActions, rejection)
    const { api } = await startTestProgram({ accounts: [{ ...settings, endpoint }] })
    const { path, deploy } = await createDeployedService(api, 'foreign')
    await deploy({ containers: { web: { image: 'nginx:1.28' } }, subnets: ['subnet-0a1b2c3e'] })
    const audited = await api.get('/foreign/audit?service=www')
    assert.equal(audited.body.items[0].deployment.outcome, 'stable', audited.text)
    const { status, body, text } = await api.get(`${path}/releases`)
    assert.equal(status, 200, text)
    assert.deepEqual(
      body.items.map(({ release, by, taskDefinition, isCurrent }: Record<string, unknown>) => [
        release,
        by,
        taskDefinition,
        isCurrent,
      ]),
      [
        [2, 'admin', 'web:2', true],
        [1, 'admin', 'web:1', false],
      ],
    )
    assert.deepEqual(
      body.unavailable.map(({ part, action }: { part: string; action: string }) => [part, action]),
      [
        ['releases', 'ecs:ListServiceDeployments'],
        ['configuration', 'ecs:DescribeServiceRevisions'],
      ],
    )
    const one = await api.get(`${path}/releases/1`)
    assert.deepEqual([one.status, one.body.imagesPinned, one.body.unavailable.length], [200, false, 2], one.text)
    assert.equal((await api.get(`${path}/releases/1/diff`)).status, 200)
    const plan = await api.post(`${path}/rollback?dryRun=true`, { release: 1 })
    assert.equal(plan.status, 200, plan.text)
    assert.match(plan.body.warnings.join(' '), /digests of .* are not known/)
    const back = await api.post(`${path}/rollback?wait=STABLE`, { release: 1 })
    assert.deepEqual([back.status, back.body.outcome, back.body.taskDefinition], [200, 'reached', 'web:1'], back.text)
    assert.deepEqual(back.body.networkConfiguration.awsvpcConfiguration.subnets, ['subnet-0a1b2c3d'])
    const deployments = await api.get(`${path}/deployments`)
    assert.deepEqual(
      deployments.body.items.map(({ status, progress }: Record<string, unknown>) => [status, progress]),
      [['SUCCESSFUL', 1]],
      deployments.text,
    )
    assert.equal(deployments.body.unavailable[0].action, 'ecs:ListServiceDeployments')
    const deployment = await api.get(`${path}/deployments/${deployments.body.items[0].id}`)
    assert.deepEqual([deployment.status, deployment.body.status], [200, 'SUCCESSFUL'], deployment.text)
    assert.equal(deployment.body.unavailable[0].action, 'ecs:DescribeServiceDeployments')
    assert.equal((await api.get(`${path}/deployments/none`)).body.code, 'DeploymentNotFound')
    const stop = await api.post(`${path}/deployments/${deployments.body.items[0].id}/stop`)
    assert.deepEqual([stop.status, stop.body.action], [501, 'ecs:DescribeServiceDeployments'], stop.text)
    assert.equal((await api.get(path)).status, 200)
    const diagnosis = await api.get(`${path}/diagnosis`)
    assert.deepEqual([diagnosis.status, diagnosis.body.status], [200, 'healthy'], diagnosis.text)
  })

for (const rejection of Object.keys(rejections) as Rejection[])
  test(`${rejection}: without CloudWatch, Logs and KMS, only logs and metrics get a 501`, async () => {
    const remote = await startEngineOverTcp()
    const settings = remote.account('bare')
    const lacks = new RegExp(
      `${historyActions.source}|^(FilterLogEvents|DescribeLog|GetMetricData|ListMetrics|GenerateDataKey)`,
    )
    const endpoint = await startProxy(settings.endpoint ?? '', lacks, rejection)
    const { api } = await startTestProgram({ accounts: [{ ...settings, endpoint }] })
    const options = { 'awslogs-group': '/web', 'awslogs-region': 'us-east-1', 'awslogs-stream-prefix': 'web' }
    await api.post('/bare/clusters', { name: 'prod' })
    await api.post('/bare/taskdefs', {
      family: 'web',
      executionRoleArn: 'arn:aws:iam::111122223333:role/execution',
      containerDefinitions: [
        {
          name: 'web',
          image: 'nginx:1.27',
          dockerLabels: { 'ecs-api.simulated.exit-after': '0', 'ecs-api.simulated.exit-code': '1' },
          logConfiguration: { logDriver: 'awslogs', options: { ...options, 'awslogs-create-group': 'true' } },
        },
      ],
    })
    const path = '/bare/clusters/prod/services/www'
    const made = await api.post(path.replace(/\/www$/, ''), { name: 'www', taskDefinition: 'web', count: 1 })
    assert.equal(made.status, 201, made.text)
    const stopped = async () => (await api.get('/bare/clusters/prod/tasks?status=STOPPED', uncached)).body.items
    const [task] = await until(stopped, ({ length }) => length > 0)
    for (const [missing, action] of [
      [`${path}/logs`, 'logs:FilterLogEvents'],
      [`/bare/clusters/prod/tasks/${task.id}/logs`, 'logs:FilterLogEvents'],
      [`${path}/metrics`, 'cloudwatch:GetMetricData'],
    ] as const) {
      const { status, body, text } = await api.get(missing, uncached)
      assert.deepEqual([status, body.code, body.action], [501, 'NotOfferedByAws', action], text)
    }
    for (const part of ['', '/deployments', '/releases', '/events', '/tasks']) {
      const { status, text } = await api.get(`${path}${part}`, uncached)
      assert.equal(status, 200, text)
    }
    for (const diagnosis of [`${path}/diagnosis`, `/bare/clusters/prod/tasks/${task.id}/diagnosis`]) {
      const { status, body, text } = await api.get(diagnosis, uncached)
      assert.deepEqual([status, body.causes[0].code], [200, 'ProgramFailed'], text)
      assert.match(body.notChecked[0].reason, /does not offer logs:FilterLogEvents/, text)
    }
    assert.equal((await api.get('/bare/diagnosis', uncached)).status, 200)
  })

test('without service revisions, releases show what was seen when they were made', async () => {
  const remote = await startEngineOverTcp()
  const settings = remote.account('undescribed')
  const endpoint = await startProxy(settings.endpoint ?? '', /^DescribeServiceRevisions$/, 'UnknownOperationException')
  const { api } = await startTestProgram({ accounts: [{ ...settings, endpoint }] })
  const { path, deploy, releases } = await createDeployedService(api, 'undescribed')
  await deploy({ containers: { web: { image: 'nginx:1.28' } } })
  await deploy({ containers: { web: { image: 'nginx:1.29' } } })
  assert.deepEqual(
    (await releases()).map(({ release, taskDefinition, outcome }) => [release, taskDefinition, outcome]),
    [
      [3, 'web:3', 'stable'],
      [2, 'web:2', 'stable'],
      [1, 'web:1', 'stable'],
    ],
  )
  const { body } = await api.get(`${path}/releases/1`)
  assert.deepEqual(
    body.unavailable.map(({ action }: { action: string }) => action),
    ['ecs:DescribeServiceRevisions'],
  )
})

test('a release that is discovered late gets the next free number, and the others keep theirs', async () => {
  const remote = await startEngineOverTcp()
  const settings = remote.account('late')
  const endpoint = await startProxy(settings.endpoint ?? '', historyActions, 'UnknownOperationException')
  const { api, replaceAccounts } = await startTestProgram({ accounts: [{ ...settings, endpoint }] })
  const { path, deploy, releases } = await createDeployedService(api, 'late')
  await remote.ecs.updateService({ cluster: 'prod', service: 'www', forceNewDeployment: true })
  // The gateway never describes the service while that deployment is its newest.
  await deploy({ containers: { web: { image: 'nginx:1.28' } } })
  while ((await api.get(path, { headers: { 'cache-control': 'no-cache' } })).body.deployments.length > 1)
    await pause(20)
  const numbered = async () =>
    (await releases()).map(({ release, by, taskDefinition }) => [release, by, taskDefinition])
  const seen = [
    [2, 'admin', 'web:2'],
    [1, 'admin', 'web:1'],
  ]
  assert.deepEqual(await numbered(), seen)
  await replaceAccounts([settings])
  assert.deepEqual(await numbered(), [[3, 'elsewhere', 'web:1'], ...seen])
  assert.match((await api.get(`${path}/releases/1`)).body.images[0].digest, /^sha256:/)
})
