import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CloudWatchClient, GetMetricDataCommand, ListMetricsCommand } from '@aws-sdk/client-cloudwatch'
import { StopTaskCommand } from '@aws-sdk/client-ecs'
import { createDataFolder } from '../../testing/data-folder.ts'
import { ecsSteps, taskIdOf } from '../../testing/ecs-steps.ts'
import { createManualClock, type ManualClock } from '../../testing/manual-clock.ts'
import { openTestEngine } from '../../testing/test-engine.ts'

const START = Date.UTC(2026, 0, 1, 12)
const usage = (cpu: number, memory: number) => ({
  'ecs-api.simulated.cpu': String(cpu),
  'ecs-api.simulated.memory': String(memory),
})

async function waitUntil(isReached: () => Promise<boolean>) {
  while (!(await isReached())) await new Promise((resolve) => setImmediate(resolve))
}

/** Waits while the clock advances, because simulated tasks change at times of the clock. */
async function advanceUntil(clock: ManualClock, isReached: () => Promise<boolean>) {
  await waitUntil(() => {
    clock.advance(20)
    return isReached()
  })
}

test('a service’s utilization is that of its tasks, as a percentage of their size', async (t) => {
  const clock = createManualClock(START)
  const { ecs, clientOf } = await openTestEngine(t, { clock, pace: 'instant' })
  const steps = await ecsSteps(ecs)
  const cloudWatch = clientOf(CloudWatchClient)
  // 256 CPU units and 512 MiB; the second container of each task counts too.
  await steps.registerDefinition('web', { dockerLabels: usage(64, 100) }, { dockerLabels: usage(64, 28) })
  await steps.createService({ desiredCount: 2 })
  await advanceUntil(clock, async () => (await steps.describeService()).runningCount === 2)
  const tasks = await steps.tasksOfService()
  const getPoints = async (namespace: string, name: string, stat: string, dimensions: Record<string, string>) => {
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
    getPoints('AWS/ECS', name, stat, { ClusterName: 'default', ServiceName: 'web' })
  const waitForPoints = (points: number) =>
    waitUntil(async () => (await ofService('MemoryUtilization', 'Average')).length === points)

  clock.advance(60_000)
  await waitForPoints(1)
  clock.advance(60_000)
  await waitForPoints(2)
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
      Dimensions: [{ Name: 'TaskId', Value: taskIdOf(tasks[0]) ?? '' }],
    }),
  )
  assert.deepEqual(metric?.Dimensions, [
    { Name: 'ClusterName', Value: 'default' },
    { Name: 'TaskDefinitionFamily', Value: 'web' },
    { Name: 'TaskId', Value: taskIdOf(tasks[0]) },
  ])
  const ofTask = Object.fromEntries(metric?.Dimensions?.map(({ Name, Value = '' }) => [Name, Value]) ?? [])
  assert.deepEqual(await getPoints('ECS/ContainerInsights', 'TaskMemoryUtilization', 'Average', ofTask), [
    [0, 25],
    [1, 25],
  ])
})

test('a task outside of a service has metrics of its own only, and a stopped task has none', async (t) => {
  const clock = createManualClock(START)
  const { ecs, clientOf } = await openTestEngine(t, { clock, pace: 'instant' })
  const steps = await ecsSteps(ecs)
  const cloudWatch = clientOf(CloudWatchClient)
  const metricNames = async () =>
    (await cloudWatch.send(new ListMetricsCommand({}))).Metrics?.map(
      ({ Namespace, MetricName, Dimensions = [] }) => `${Namespace} ${MetricName} ${Dimensions.at(-1)?.Value}`,
    )
  await steps.registerDefinition('web')
  const stopped = await steps.runTask('web')
  const running = await steps.runTask('web')
  const hasStatus = async (arn: string, status: string) => (await steps.describeTasks(arn))[0]?.lastStatus === status
  await advanceUntil(clock, async () => (await hasStatus(stopped, 'RUNNING')) && (await hasStatus(running, 'RUNNING')))
  await ecs.send(new StopTaskCommand({ task: stopped }))
  await advanceUntil(clock, () => hasStatus(stopped, 'STOPPED'))
  clock.advance(60_000)
  await waitUntil(async () => (await metricNames())?.length !== 0)
  const id = running.split('/').at(-1)
  assert.deepEqual(await metricNames(), [
    `ECS/ContainerInsights TaskCpuUtilization ${id}`,
    `ECS/ContainerInsights TaskMemoryUtilization ${id}`,
  ])
})

test('after a restart of the engine, the first minute has no CPU, because its usage is not known', async (t) => {
  const clock = createManualClock(START)
  const data = createDataFolder(t)
  const counts = async (aws: Awaited<ReturnType<typeof openTestEngine>>) => {
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
  const waitForMemoryPoints = (aws: Awaited<ReturnType<typeof openTestEngine>>, memory: number) =>
    waitUntil(async () => (await counts(aws))[1] === memory)

  const before = await openTestEngine(t, { clock, data, pace: 'instant' }, { isClosedByTest: true })
  const steps = await ecsSteps(before.ecs)
  await steps.registerDefinition('web', { dockerLabels: usage(128, 256) })
  await steps.createService()
  await advanceUntil(clock, async () => (await steps.describeService()).runningCount === 1)
  clock.advance(60_000)
  await waitForMemoryPoints(before, 1)
  await before.aws.close()

  clock.advance(5_000)
  const after = await openTestEngine(t, { clock, data, pace: 'instant' })
  clock.advance(60_000)
  await waitForMemoryPoints(after, 2)
  assert.deepEqual(await counts(after), [1, 2], 'stored before the restart: 1 and 1')
  clock.advance(60_000)
  await waitForMemoryPoints(after, 3)
  assert.deepEqual(await counts(after), [2, 3])
})
