import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CloudWatchClient, GetMetricDataCommand, ListMetricsCommand } from '@aws-sdk/client-cloudwatch'
import { StopTaskCommand } from '@aws-sdk/client-ecs'
import { dataFolder } from '../../testing/data-folder.ts'
import { type ManualClock, manualClock } from '../../testing/manual-clock.ts'
import { openedAws } from '../../testing/opened-aws.ts'
import { idOf, workbench } from '../../testing/services.ts'

const START = Date.UTC(2026, 0, 1, 12)
const usage = (cpu: number, memory: number) => ({
  'ecs-api.simulated.cpu': String(cpu),
  'ecs-api.simulated.memory': String(memory),
})

/** Advances the clock until the state is there, because a task takes steps at times of its own. */
function moving(clock: ManualClock) {
  return (isThere: () => Promise<boolean>) => async () => {
    clock.advance(20)
    return isThere()
  }
}

async function waitUntil(isThere: () => Promise<boolean>) {
  while (!(await isThere())) await new Promise((resolve) => setImmediate(resolve))
}

test('a service’s utilization is that of its tasks, as a percentage of their size', async (t) => {
  const clock = manualClock(START)
  const { ecs, clientOf } = await openedAws(t, { clock, pace: 'instant' })
  const bench = await workbench(ecs)
  const cloudWatch = clientOf(CloudWatchClient)
  // 256 CPU units and 512 MiB; the second container of each task counts too.
  await bench.register('web', { dockerLabels: usage(64, 100) }, { dockerLabels: usage(64, 28) })
  await bench.create({ desiredCount: 2 })
  await waitUntil(moving(clock)(async () => (await bench.service()).runningCount === 2))
  const tasks = await bench.tasks()
  const get = async (namespace: string, name: string, stat: string, dimensions: Record<string, string>) => {
    const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }))
    const MetricStat = { Metric: { Namespace: namespace, MetricName: name, Dimensions }, Period: 60, Stat: stat }
    const range = { StartTime: new Date(START), EndTime: new Date(START + 600_000) }
    const answer = await cloudWatch.send(
      new GetMetricDataCommand({ ...range, MetricDataQueries: [{ Id: 'a', MetricStat }] }),
    )
    const { Values = [], Timestamps = [] } = answer.MetricDataResults?.[0] ?? {}
    return Timestamps.map((time, i) => [(time.getTime() - START) / 60_000, Math.round(Values[i]!)]).reverse()
  }
  const ofService = (name: string, stat: string) =>
    get('AWS/ECS', name, stat, { ClusterName: 'default', ServiceName: 'web' })
  const measured = (points: number) =>
    waitUntil(async () => (await ofService('MemoryUtilization', 'Average')).length === points)

  clock.advance(60_000)
  await measured(1)
  clock.advance(60_000)
  await measured(2)
  assert.deepEqual(await ofService('CPUUtilization', 'Average'), [
    [0, 50],
    [1, 50],
  ])
  assert.deepEqual(await ofService('MemoryUtilization', 'Maximum'), [
    [0, 25],
    [1, 25],
  ])
  assert.deepEqual(
    (await ofService('CPUUtilization', 'SampleCount')).map(([, count]) => count),
    [2, 2],
  )
  const { Metrics: [metric] = [] } = await cloudWatch.send(
    new ListMetricsCommand({
      Namespace: 'ECS/ContainerInsights',
      MetricName: 'TaskCpuUtilization',
      Dimensions: [{ Name: 'TaskId', Value: idOf(tasks[0]) ?? '' }],
    }),
  )
  assert.deepEqual(metric?.Dimensions, [
    { Name: 'ClusterName', Value: 'default' },
    { Name: 'TaskDefinitionFamily', Value: 'web' },
    { Name: 'TaskId', Value: idOf(tasks[0]) },
  ])
  const ofTask = Object.fromEntries(metric?.Dimensions?.map(({ Name, Value = '' }) => [Name, Value]) ?? [])
  assert.deepEqual(await get('ECS/ContainerInsights', 'TaskMemoryUtilization', 'Average', ofTask), [
    [0, 25],
    [1, 25],
  ])
})

test('a task outside of a service has metrics of its own only, and a stopped task has none', async (t) => {
  const clock = manualClock(START)
  const { ecs, clientOf } = await openedAws(t, { clock, pace: 'instant' })
  const bench = await workbench(ecs)
  const cloudWatch = clientOf(CloudWatchClient)
  const names = async () =>
    (await cloudWatch.send(new ListMetricsCommand({}))).Metrics?.map(
      ({ Namespace, MetricName, Dimensions = [] }) => `${Namespace} ${MetricName} ${Dimensions.at(-1)?.Value}`,
    )
  await bench.register('web')
  const stopped = await bench.runTask('web')
  const running = await bench.runTask('web')
  const hasStatus = async (arn: string, status: string) => (await bench.describe(arn))[0]?.lastStatus === status
  await waitUntil(
    moving(clock)(async () => (await hasStatus(stopped, 'RUNNING')) && (await hasStatus(running, 'RUNNING'))),
  )
  await ecs.send(new StopTaskCommand({ task: stopped }))
  await waitUntil(moving(clock)(() => hasStatus(stopped, 'STOPPED')))
  clock.advance(60_000)
  await waitUntil(async () => (await names())?.length !== 0)
  const id = running.split('/').at(-1)
  assert.deepEqual(await names(), [
    `ECS/ContainerInsights TaskCpuUtilization ${id}`,
    `ECS/ContainerInsights TaskMemoryUtilization ${id}`,
  ])
})

test('after a restart of the engine, the first minute has no CPU, because its usage is not known', async (t) => {
  const clock = manualClock(START)
  const data = dataFolder(t)
  const counts = async (aws: Awaited<ReturnType<typeof openedAws>>) => {
    const queries = ['CPUUtilization', 'MemoryUtilization'].map((MetricName, i) => ({
      Id: `q${i}`,
      MetricStat: {
        Metric: {
          Namespace: 'AWS/ECS',
          MetricName,
          Dimensions: [
            { Name: 'ClusterName', Value: 'default' },
            { Name: 'ServiceName', Value: 'web' },
          ],
        },
        Period: 60,
        Stat: 'Sum',
      },
    }))
    const range = { StartTime: new Date(START), EndTime: new Date(START + 600_000) }
    const { MetricDataResults: results = [] } = await aws
      .clientOf(CloudWatchClient)
      .send(new GetMetricDataCommand({ ...range, MetricDataQueries: queries }))
    return results.map(({ Values = [] }) => Values.length)
  }
  const measured = (aws: Awaited<ReturnType<typeof openedAws>>, memory: number) =>
    waitUntil(async () => (await counts(aws))[1] === memory)

  const before = await openedAws(t, { clock, data, pace: 'instant' }, { closesItself: true })
  const bench = await workbench(before.ecs)
  await bench.register('web', { dockerLabels: usage(128, 256) })
  await bench.create()
  await waitUntil(moving(clock)(async () => (await bench.service()).runningCount === 1))
  clock.advance(60_000)
  await measured(before, 1)
  await before.aws.close()

  clock.advance(5_000)
  const after = await openedAws(t, { clock, data, pace: 'instant' })
  clock.advance(60_000)
  await measured(after, 2)
  assert.deepEqual(await counts(after), [1, 2], 'stored before the restart: 1 and 1')
  clock.advance(60_000)
  await measured(after, 3)
  assert.deepEqual(await counts(after), [2, 3])
})
