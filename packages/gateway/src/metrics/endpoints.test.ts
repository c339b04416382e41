/**
 * Metrics from endpoints that lack CloudWatch, fail, or know load balancers. A stand-in answers the actions of
 * CloudWatch instead of the engine.
 */
import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { startAwsStandIn } from '../testing/aws-stand-in.ts'
import { startEngineOverTcp } from '../testing/engine-over-tcp.ts'
import { newMeasuredService } from '../testing/measured-services.ts'
import { startTestProgram } from '../testing/program.ts'

interface Reply {
  status?: number
  contentType?: string
  body: unknown
}
interface Query {
  Id: string
  MetricStat: { Metric: { Namespace: string; MetricName: string; Dimensions: object[] }; Stat: string; Period: number }
}
interface Input {
  Namespace?: string
  NextToken?: string
  Dimensions?: { Name: string; Value: string }[]
  MetricDataQueries: Query[]
  StartTime: number
}

const aws = await startEngineOverTcp()
const { endpoint, responses } = await startAwsStandIn(aws.account('any').endpoint!)
/** The response to an action of CloudWatch; undefined where the engine responds. */
let reply: (action: string, input: Input) => Reply | undefined = () => undefined
let calledActions: string[] = []
for (const action of ['GetMetricData', 'ListMetrics'])
  responses.set(action, (input) => {
    calledActions.push(action)
    return reply(action, input as unknown as Input)
  })
beforeEach(() => {
  reply = () => undefined
  calledActions = []
})
const program = await startTestProgram({ accounts: [aws.account('remote', { endpoint, budget: 'off' })] })
const { api } = program
const uncached = { headers: { 'cache-control': 'no-cache' } }
const web = await newMeasuredService(
  program,
  { account: 'remote', cluster: 'prod', name: 'web' },
  { cpu: 64, memory: 128 },
)
const [task = ''] = (await api.get(`${web}/tasks`)).body.items.map(({ id }: { id: string }) => id)
const taskPath = `/remote/clusters/prod/tasks/${task}`
const ok = (body: object): Reply => ({ body })
const unknown: Reply = { status: 400, body: '{"__type":"UnknownOperationException"}' }

test('an endpoint without CloudWatch gets a 501 that names the action, and other routes work', async () => {
  for (const lacking of [
    unknown,
    { status: 501, contentType: 'application/json', body: '{}' },
    { status: 404, contentType: 'text/html', body: '<!doctype html><title>404</title>' },
  ]) {
    reply = () => lacking
    for (const [path, action] of [
      [web, 'cloudwatch:GetMetricData'],
      [taskPath, 'cloudwatch:ListMetrics'],
    ]) {
      const { status, body, text } = await api.get(`${path}/metrics`, uncached)
      assert.deepEqual([status, body.code, body.action], [501, 'NotOfferedByAws', action], text)
    }
    for (const path of [web, taskPath]) assert.equal((await api.get(path, uncached)).status, 200)
  }
  reply = () => undefined
  assert.equal((await api.get(`${web}/metrics`, uncached)).status, 200, 'the circuit breaker stays closed')
})

test('when the role lacks a permission, the error names the action', async () => {
  reply = () => ({ status: 400, body: '{"__type":"AccessDeniedException","message":"no"}' })
  const { status, body, text } = await api.get(`${web}/metrics`, uncached)
  assert.deepEqual([status, body.code], [502, 'AwsAccessDenied'], text)
  assert.match(body.detail, /the action cloudwatch:GetMetricData in account remote/)
})

test('all pages are read, and `unavailable` names a metric that CloudWatch fails to read', async () => {
  const page = (input: Input, number: number) =>
    ok({
      MetricDataResults: input.MetricDataQueries.map(({ Id, MetricStat: { Stat } }) => ({
        Id,
        Timestamps: [input.StartTime + 60 * (2 - number)],
        Values: [number],
        StatusCode: Stat === 'SampleCount' ? 'InternalError' : number < 2 ? 'PartialData' : 'Complete',
        Messages: Stat === 'SampleCount' ? [{ Code: 'Error', Value: 'try again' }] : [],
      })),
      ...(number < 2 && { NextToken: 'more' }),
    })
  reply = (_action, input) => page(input, input.NextToken === undefined ? 1 : 2)
  const { status, body, text } = await api.get(`${web}/metrics`, uncached)
  assert.equal(status, 200, text)
  assert.deepEqual(
    body.series.map(({ name, points }: { name: string; points: [string, number][] }) => [
      name,
      points.map(([, value]) => value),
    ]),
    ['cpu', 'cpu', 'memory', 'memory'].map((name) => [name, [2, 1]]),
  )
  assert.deepEqual(body.unavailable, [
    {
      part: 'runningTasks (average)',
      action: 'cloudwatch:GetMetricData',
      reason: 'CloudWatch answers InternalError: try again',
    },
  ])
  reply = (_action, input) => page(input, 1)
  assert.equal((await api.get(`${web}/metrics`, uncached)).status, 502, 'pages that do not end')
})

const targetGroup = 'arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/shop/73e2d6bc24d8a067'
const loadBalancerDimensions = [
  { Name: 'LoadBalancer', Value: 'app/shop/50dc6c495c0c9188' },
  { Name: 'TargetGroup', Value: 'targetgroup/shop/73e2d6bc24d8a067' },
]

test('a service behind a load balancer has requests, response time and 5xx of its target group', async () => {
  const created = await api.post('/remote/clusters/prod/services', {
    name: 'shop',
    taskDefinition: 'prod-web',
    count: 0,
    loadBalancers: [{ targetGroupArn: targetGroup, containerName: 'web', containerPort: 80 }],
  })
  assert.equal(created.status, 201, created.text)
  const path = '/remote/clusters/prod/services/shop/metrics'
  reply = (action, input) => {
    if (action === 'ListMetrics') {
      assert.deepEqual([input.Namespace, input.Dimensions], ['AWS/ApplicationELB', loadBalancerDimensions.slice(1)])
      const zone = { Name: 'AvailabilityZone', Value: 'us-east-1a' }
      const metric = { Namespace: 'AWS/ApplicationELB', MetricName: 'RequestCount' }
      return ok({
        Metrics: [
          { ...metric, Dimensions: [zone, ...loadBalancerDimensions] },
          { ...metric, Dimensions: loadBalancerDimensions },
        ],
      })
    }
    return ok({
      MetricDataResults: input.MetricDataQueries.map(({ Id, MetricStat: { Metric } }) => ({
        Id,
        Timestamps: [input.StartTime],
        Values: [Metric.Namespace === 'AWS/ApplicationELB' ? Metric.MetricName.length : 0],
        StatusCode: 'Complete',
      })),
    })
  }
  const { status, body, text } = await api.get(path, uncached)
  assert.equal(status, 200, text)
  const withGroup = body.series.filter((series: { targetGroup?: string }) => series.targetGroup === targetGroup)
  assert.deepEqual(
    withGroup.map(({ name, unit, statistic, points }: Record<string, unknown> & { points: [string, number][] }) => [
      name,
      unit,
      statistic,
      points[0]?.[1],
    ]),
    [
      ['requests', 'count', 'sum', 'RequestCount'.length],
      ['responseTime', 'seconds', 'average', 'TargetResponseTime'.length],
      ['http5xx', 'count', 'sum', 'HTTPCode_Target_5XX_Count'.length],
    ],
  )
  calledActions = []
  assert.equal((await api.get(path, uncached)).status, 200)
  assert.equal(calledActions.includes('ListMetrics'), false, 'the dimensions are known')

  reply = (_action, input) =>
    ok({
      MetricDataResults: input.MetricDataQueries.map(({ Id, MetricStat: { Metric } }) => ({
        Id,
        StatusCode: Metric.MetricName === 'RequestCount' ? 'InternalError' : 'Complete',
      })),
    })
  const failed = await api.get(path, uncached)
  assert.deepEqual(
    failed.body.unavailable.map(({ part }: { part: string }) => part),
    ['requests (sum) of targetgroup/shop/73e2d6bc24d8a067'],
  )
})

test('without ListMetrics the metrics of a target group are unavailable, and the others are there', async () => {
  const other = `${targetGroup}b`
  const created = await api.post('/remote/clusters/prod/services', {
    name: 'other',
    taskDefinition: 'prod-web',
    count: 0,
    loadBalancers: [{ targetGroupArn: other, containerName: 'web', containerPort: 80 }],
  })
  assert.equal(created.status, 201, created.text)
  reply = (action) => (action === 'ListMetrics' ? unknown : undefined)
  const { status, body, text } = await api.get('/remote/clusters/prod/services/other/metrics', uncached)
  assert.deepEqual([status, body.series.length], [200, 5], text)
  assert.deepEqual(
    body.unavailable.map(({ part, action }: { part: string; action: string }) => [part, action]),
    [['the metrics of targetgroup/shop/73e2d6bc24d8a067b', 'cloudwatch:ListMetrics']],
  )
})
