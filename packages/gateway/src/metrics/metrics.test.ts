/** The metrics of services and tasks on the engine, by HTTP. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newMeasuredService, startMeasuredAws } from '../testing/measured-services.ts'
import { startTestProgram } from '../testing/program.ts'
import { until } from '../testing/until.ts'

const aws = await startMeasuredAws()
const program = await startTestProgram({
  accounts: [
    aws.account('remote', { budget: 'off' }),
    aws.account('tight', { budget: { metricDataRead: { burst: 1, refill: 0.001 } } }),
  ],
})
const { api } = program
const uncached = { headers: { 'cache-control': 'no-cache' } }

const web = await newMeasuredService(
  program,
  { account: 'remote', cluster: 'prod', name: 'web', count: 2 },
  { cpu: 64, memory: 128 },
)
const [task = ''] = (await api.get(`${web}/tasks`)).body.items.map(({ id }: { id: string }) => id)
const taskPath = `/remote/clusters/prod/tasks/${task}`
const cloudWatchCalls = () => program.awsCalls.filter(({ action }) => /^(GetMetricData|ListMetrics)$/.test(action))
const ended = await api.post('/remote/clusters/prod/tasks?wait=RUNNING', { taskDefinition: 'prod-web' })
const endedPath = `/remote/clusters/prod/tasks/${ended.body.items[0].id}`
assert.equal((await api.delete(`${endedPath}?wait=STOPPED`)).status, 200)
assert.equal(cloudWatchCalls().length, 0, 'nobody has looked at metrics')

type Series = { name: string; statistic: string; unit: string; points: [string, number][] }
const valuesOf = ({ series }: { series: Series[] }) =>
  Object.fromEntries(
    series.map(({ name, statistic, unit, points }) => [
      `${name} ${statistic} ${unit}`,
      points
        .map(([time, value]) => [(Date.parse(time) - aws.start) / 60_000, Math.round(value)] as const)
        .filter(([minute]) => minute < 2),
    ]),
  )

function waitForMetrics(minute: 1 | 2): Promise<Awaited<ReturnType<typeof api.get>>> {
  aws.endMinute(minute)
  return until(
    () => api.get(`${web}/metrics`, uncached),
    ({ body }) => valuesOf(body)['memory average percent']?.length === minute,
  )
}
await waitForMetrics(1)
const latest = await waitForMetrics(2)

test('the metrics of a service are the CPU and memory of its tasks, and their number', () => {
  assert.equal(latest.status, 200, latest.text)
  const each = (value: number) => [
    [0, value],
    [1, value],
  ]
  assert.deepEqual(valuesOf(latest.body), {
    'cpu average percent': each(25),
    'cpu maximum percent': each(25),
    'memory average percent': each(25),
    'memory maximum percent': each(25),
    'runningTasks average count': each(2),
  })
  const { period, since, until, unavailable } = latest.body
  assert.deepEqual([period, unavailable], [60, undefined])
  assert.equal(Date.parse(until) - Date.parse(since), 3 * 3_600_000)
})

test('the metrics of a task are its CPU and memory, also when it has stopped', async () => {
  const read = async () => {
    const answer = await api.get(`${taskPath}/metrics`, uncached)
    assert.equal(answer.status, 200, answer.text)
    return valuesOf(answer.body)
  }
  const running = await read()
  assert.deepEqual(Object.keys(running), [
    'cpu average percent',
    'cpu maximum percent',
    'memory average percent',
    'memory maximum percent',
  ])
  assert.deepEqual(running['memory average percent'], [
    [0, 25],
    [1, 25],
  ])
  assert.equal((await api.delete(`${taskPath}?wait=STOPPED`)).status, 200)
  assert.deepEqual(await read(), running)
})

test('a task that CloudWatch does not know has no series, and the response says why', async () => {
  const answer = await api.get(`${endedPath}/metrics`)
  assert.deepEqual([answer.status, answer.body.series], [200, []], answer.text)
  assert.match(answer.body.unavailable[0].reason, /containerInsights is enhanced/)
})

test('a point of a longer period joins the values of its minutes', async () => {
  const { status, body, text } = await api.get(`${web}/metrics?since=1h&period=120`)
  assert.equal(status, 200, text)
  const running = (body.series as Series[]).find(({ name }) => name === 'runningTasks')
  const isEven = (aws.start / 60_000) % 2 === 0
  const first = new Date(isEven ? aws.start : aws.start - 60_000).toISOString()
  // Two tasks ran in both minutes of the period, or, where it began a minute earlier, in one of them.
  assert.deepEqual(running?.points[0], [first, isEven ? 2 : 1])
})

test('50 viewers cost the calls of one, and later viewers of the same period cost none', async () => {
  const before = cloudWatchCalls().length
  const viewers = await Promise.all(Array.from({ length: 50 }, () => api.get(`${web}/metrics?since=90m`)))
  for (const { status, body } of viewers) assert.deepEqual([status, body.series.length], [200, 5])
  assert.deepEqual(
    cloudWatchCalls()
      .slice(before)
      .map(({ action }) => action),
    ['GetMetricData'],
  )
  const later = await api.get(`${web}/metrics?since=90m`)
  assert.equal(cloudWatchCalls().length, before + 1)
  assert.deepEqual([later.body, later.headers['ecs-api-stale']], [viewers[0]!.body, undefined])
  const etag = later.headers.etag ?? ''
  const same = await api.get(`${web}/metrics?since=90m`, { headers: { 'if-none-match': etag } })
  assert.equal(same.status, 304)
})

test('after a write to the service its cached metrics are still used', async () => {
  const first = await api.get(`${web}/metrics?since=80m`)
  const before = cloudWatchCalls().length
  assert.equal((await api.patch(web, { count: 3 })).status, 200)
  assert.deepEqual((await api.get(`${web}/metrics?since=80m`)).body, first.body)
  assert.equal(cloudWatchCalls().length, before)
})

test('the metrics of many services share calls', async () => {
  const names = Array.from({ length: 40 }, (_, i) => `many-${i}`)
  const paths = await Promise.all(
    names.map((name) =>
      newMeasuredService(program, { account: 'remote', cluster: 'many', name, count: 0 }, { cpu: 0, memory: 0 }),
    ),
  )
  const before = cloudWatchCalls().length
  const answers = await Promise.all(paths.map((path) => api.get(`${path}/metrics`)))
  for (const { status, body } of answers) assert.deepEqual([status, body.series[0].points], [200, []])
  const calls = cloudWatchCalls().length - before
  assert.ok(calls <= 10, `${calls} calls for 40 services`)
})

test('beyond the budget for GetMetricData a new query gets a 429, and a cached one its response', async () => {
  const path = web.replace('/remote/', '/tight/')
  const first = await api.get(`${path}/metrics`)
  assert.equal(first.status, 200, first.text)
  const second = await api.get(`${path}/metrics?since=70m`)
  assert.deepEqual([second.status, second.body.code], [429, 'TooManyRequests'], second.text)
  assert.match(second.headers['retry-after'] ?? '', /^[1-9]\d*$/)
  assert.deepEqual((await api.get(`${path}/metrics`)).body, first.body)
})

test('invalid queries and unknown services and tasks are rejected, each query with all its errors', async () => {
  const cases: [query: string, faults: [name: string, message: RegExp][]][] = [
    ['since=soon', [['since', /duration back from now, such as 15m/]]],
    ['since=2999-01-01T00:00:00Z', [['since', /before now/]]],
    ['since=500d', [['since', /455 days/]]],
    ['period=61', [['period', /multiple of 60/]]],
    ['period=30', [['period', /from 60 to 86400/]]],
    ['since=7d&period=60', [['period', /900 seconds are possible/]]],
    ['since=20d&period=60', [['period', /too short/]]],
    [
      'since=500d&period=61',
      [
        ['since', /455 days/],
        ['period', /multiple of 60/],
      ],
    ],
  ]
  for (const [query, faults] of cases)
    for (const path of [web, taskPath]) {
      const { status, body, text } = await api.get(`${path}/metrics?${query}`)
      assert.deepEqual([status, body.code], [400, 'InvalidQuery'], text)
      assert.equal(body.errors.length, faults.length, text)
      for (const [i, [name, message]] of faults.entries()) {
        assert.equal(body.errors[i].name, name, text)
        assert.match(body.errors[i].message, message)
      }
    }
  for (const [path, code] of [
    ['/remote/clusters/prod/services/none', 'ServiceNotFound'],
    ['/remote/clusters/none/services/web', 'ClusterNotFound'],
    [`/remote/clusters/prod/tasks/${'0'.repeat(32)}`, 'TaskNotFound'],
  ]) {
    const { status, body } = await api.get(`${path}/metrics`)
    assert.deepEqual([status, body.code], [404, code])
  }
  for (const [since, period] of [
    ['1d', 60],
    ['7d', 900],
    ['20d', 1800],
    ['100d', 10_800],
  ])
    assert.equal((await api.get(`${web}/metrics?since=${since}`)).body.period, period, String(since))
})
