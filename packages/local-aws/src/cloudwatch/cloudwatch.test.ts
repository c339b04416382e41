import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  CloudWatchClient,
  GetMetricDataCommand,
  type GetMetricDataCommandInput,
  ListMetricsCommand,
  PutMetricDataCommand,
  type PutMetricDataCommandInput,
} from '@aws-sdk/client-cloudwatch'
import { noAwsCli, openAwsCli } from '../testing/aws-cli.ts'
import { testInProcessAndOverTcp } from '../testing/in-process-and-tcp.ts'
import { createManualClock } from '../testing/manual-clock.ts'
import { openTestEngine } from '../testing/test-engine.ts'

const START = Date.UTC(2026, 0, 1, 12)
const minute = (number: number) => new Date(START + number * 60_000)
const app = [{ Name: 'App', Value: 'web' }]
const query = (Id: string, Stat: string, Period = 60) => ({
  Id,
  MetricStat: { Metric: { Namespace: 'Shop', MetricName: 'Orders', Dimensions: app }, Period, Stat },
})

testInProcessAndOverTcp(
  'values of one minute are one point, with the statistics that a query asks for',
  async (open) => {
    const { clientOf } = await open({ clock: createManualClock(minute(10).getTime()) })
    const cloudWatch = clientOf(CloudWatchClient)
    const put = (MetricData: PutMetricDataCommandInput['MetricData']) =>
      cloudWatch.send(new PutMetricDataCommand({ Namespace: 'Shop', MetricData }))
    const datum = { MetricName: 'Orders', Dimensions: app }
    await put([
      { ...datum, Timestamp: minute(1), Value: 2 },
      { ...datum, Timestamp: new Date(minute(1).getTime() + 59_000), Value: 6 },
      { ...datum, Timestamp: minute(3), Values: [1, 5], Counts: [3, 1] },
      { ...datum, Timestamp: minute(4), StatisticValues: { SampleCount: 2, Sum: 10, Minimum: 4, Maximum: 6 } },
    ])
    const { MetricDataResults: results = [] } = await cloudWatch.send(
      new GetMetricDataCommand({
        StartTime: minute(0),
        EndTime: minute(5),
        ScanBy: 'TimestampAscending',
        MetricDataQueries: [
          ...['Average', 'Sum', 'SampleCount', 'Minimum', 'Maximum'].map((stat, i) => query(`q${i}`, stat)),
          query('both', 'Sum', 300),
        ],
      }),
    )
    assert.deepEqual(
      results.map(({ Id, Values, StatusCode }) => [Id, Values, StatusCode]),
      [
        ['q0', [4, 2, 5], 'Complete'],
        ['q1', [8, 8, 10], 'Complete'],
        ['q2', [2, 4, 2], 'Complete'],
        ['q3', [2, 1, 4], 'Complete'],
        ['q4', [6, 5, 6], 'Complete'],
        ['both', [26], 'Complete'],
      ],
    )
    assert.deepEqual(results[0]?.Timestamps, [minute(1), minute(3), minute(4)], 'a gap stays a gap')
    assert.deepEqual(results[0]?.Label, 'Orders')
  },
)

test('a request above 10 KiB arrives compressed, and its thousand values are all stored', async (t) => {
  const { clientOf } = await openTestEngine(t, { clock: createManualClock(minute(10).getTime()) })
  const cloudWatch = clientOf(CloudWatchClient)
  const MetricData = Array.from({ length: 1000 }, () => ({
    MetricName: 'Orders',
    Dimensions: app,
    Timestamp: minute(1),
    Value: 1,
  }))
  await cloudWatch.send(new PutMetricDataCommand({ Namespace: 'Shop', MetricData }))
  const range = { StartTime: minute(0), EndTime: minute(5) }
  const answer = await cloudWatch.send(
    new GetMetricDataCommand({ ...range, MetricDataQueries: [query('n', 'SampleCount')] }),
  )
  assert.deepEqual(answer.MetricDataResults?.[0]?.Values, [1000])
})

test('pages of GetMetricData have every point once, newest first', async (t) => {
  const { clientOf } = await openTestEngine(t, { clock: createManualClock(minute(100).getTime()) })
  const cloudWatch = clientOf(CloudWatchClient)
  const MetricData = Array.from({ length: 10 }, (_, i) => ({
    MetricName: 'Orders',
    Dimensions: app,
    Timestamp: minute(i),
    Value: i,
  }))
  await cloudWatch.send(new PutMetricDataCommand({ Namespace: 'Shop', MetricData }))
  const seen: Record<string, number[]> = {}
  let token: string | undefined
  let pages = 0
  do {
    const input: GetMetricDataCommandInput = {
      StartTime: minute(0),
      EndTime: minute(50),
      MaxDatapoints: 4,
      MetricDataQueries: [query('sum', 'Sum'), query('max', 'Maximum')],
      ...(token && { NextToken: token }),
    }
    const { MetricDataResults = [], NextToken } = await cloudWatch.send(new GetMetricDataCommand(input))
    for (const { Id = '', Values = [] } of MetricDataResults) seen[Id] = [...(seen[Id] ?? []), ...Values]
    token = NextToken
    pages++
  } while (token)
  const newestFirst = [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]
  assert.deepEqual([seen, pages], [{ sum: newestFirst, max: newestFirst }, 5])
})

test('ListMetrics finds metrics by namespace, name and dimensions, 500 on a page', async (t) => {
  const { clientOf } = await openTestEngine(t, { clock: createManualClock(minute(100).getTime()) })
  const cloudWatch = clientOf(CloudWatchClient)
  const names = Array.from({ length: 600 }, (_, i) => `app-${i}`)
  for (const MetricName of ['Orders', 'Errors'])
    await cloudWatch.send(
      new PutMetricDataCommand({
        Namespace: 'Shop',
        MetricData: names.map((Value) => ({ MetricName, Dimensions: [{ Name: 'App', Value }], Value: 1 })),
      }),
    )
  const first = await cloudWatch.send(new ListMetricsCommand({ Namespace: 'Shop', MetricName: 'Orders' }))
  const second = await cloudWatch.send(
    new ListMetricsCommand({ Namespace: 'Shop', MetricName: 'Orders', NextToken: first.NextToken }),
  )
  assert.deepEqual([first.Metrics?.length, second.Metrics?.length, second.NextToken], [500, 100, undefined])
  const filtered = await cloudWatch.send(new ListMetricsCommand({ Dimensions: [{ Name: 'App', Value: 'app-7' }] }))
  assert.deepEqual(
    filtered.Metrics?.map(({ MetricName }) => MetricName),
    ['Errors', 'Orders'],
  )
  assert.deepEqual((await cloudWatch.send(new ListMetricsCommand({ Namespace: 'Other' }))).Metrics, [])
})

test('invalid requests are rejected with AWS’s errors, and unsupported features by name', async (t) => {
  const { clientOf } = await openTestEngine(t, { clock: createManualClock(minute(100).getTime()) })
  const cloudWatch = clientOf(CloudWatchClient)
  const get = (more: Partial<GetMetricDataCommandInput>) =>
    cloudWatch.send(
      new GetMetricDataCommand({
        StartTime: minute(0),
        EndTime: minute(5),
        MetricDataQueries: [query('a', 'Sum')],
        ...more,
      }),
    )
  const put = (Namespace: string, datum: object) =>
    cloudWatch.send(new PutMetricDataCommand({ Namespace, MetricData: [{ MetricName: 'Orders', ...datum }] }))
  const rejections: [() => Promise<unknown>, name: string, message: RegExp][] = [
    [() => get({ EndTime: minute(0) }), 'ValidationException', /StartTime must be less than the parameter EndTime/],
    [() => get({ MetricDataQueries: [query('a', 'Sum'), query('a', 'Sum')] }), 'ValidationException', /not unique/],
    [
      () => get({ MetricDataQueries: Array.from({ length: 501 }, (_, i) => query(`q${i}`, 'Sum')) }),
      'ValidationException',
      /500/,
    ],
    [() => get({ MetricDataQueries: [query('A', 'Sum')] }), 'ValidationException', /Id/],
    [() => get({ MetricDataQueries: [query('a', 'Sum', 90)] }), 'InvalidParameterValueException', /multiple of 60/],
    [() => get({ MetricDataQueries: [query('a', 'p99')] }), 'UnsupportedFeatureException', /statistic p99/],
    [
      () => get({ MetricDataQueries: [{ Id: 'a', Expression: 'b * 2' }] }),
      'UnsupportedFeatureException',
      /metric math/,
    ],
    [() => get({ NextToken: 'broken' }), 'InvalidNextToken', /next token/],
    [
      () => put('AWS/ECS', { Value: 1 }),
      'InvalidParameterValueException',
      /The value AWS\/ for parameter Namespace is invalid/,
    ],
    [() => put('Shop', {}), 'InvalidParameterCombinationException', /MetricData.member.1.Value/],
    [() => put('Shop', { Value: 1, Timestamp: minute(-30 * 1440) }), 'InvalidParameterValueException', /two weeks/],
    [() => put('Shop', { Value: 1, StorageResolution: 1 }), 'UnsupportedFeatureException', /StorageResolution/],
  ]
  for (const [request, name, message] of rejections)
    await assert.rejects(request(), (error: Error) => {
      assert.equal(error.name, name, error.message)
      assert.match(error.message, message)
      return true
    })
})

test('the AWS CLI puts, lists and gets metrics in the Query protocol', { skip: noAwsCli }, async (t) => {
  const { cli } = await openAwsCli<{
    Metrics?: object[]
    MetricDataResults?: { Values: number[]; Timestamps: string[] }[]
  }>(t)
  const now = new Date(Math.floor(Date.now() / 60_000) * 60_000)
  const at = now.toISOString()
  await cli(
    ...['cloudwatch', 'put-metric-data', '--namespace', 'Shop', '--metric-name', 'Orders', '--value', '7'],
    ...['--timestamp', at, '--dimensions', 'App=<web & co>', '--unit', 'Count'],
  )
  const dimensions = [{ Name: 'App', Value: '<web & co>' }]
  assert.deepEqual((await cli('cloudwatch', 'list-metrics', '--namespace', 'Shop')).Metrics, [
    { Namespace: 'Shop', MetricName: 'Orders', Dimensions: dimensions },
  ])
  const queries = [
    {
      Id: 'orders',
      MetricStat: {
        Metric: { Namespace: 'Shop', MetricName: 'Orders', Dimensions: dimensions },
        Period: 60,
        Stat: 'Average',
      },
    },
  ]
  const get = (id: string) =>
    cli(
      ...[
        'cloudwatch',
        'get-metric-data',
        '--start-time',
        at,
        '--end-time',
        new Date(now.getTime() + 60_000).toISOString(),
      ],
      ...['--metric-data-queries', JSON.stringify(queries.map((each) => ({ ...each, Id: id })))],
    )
  const { MetricDataResults: [result] = [] } = await get('orders')
  assert.deepEqual([result?.Values, result?.Timestamps.map((time) => Date.parse(time))], [[7], [now.getTime()]])
  await assert.rejects(get('Orders'), /\(ValidationError\)/)
  await assert.rejects(
    cli('cloudwatch', 'describe-alarms'),
    /does not have the action DescribeAlarms of Amazon CloudWatch/,
  )
})
