/** The metrics of real containers: they equal what the containers did. Takes two minutes, because points are minutes. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch'
import { cannotRun, openedWithContainers, shell } from '../testing/containers.ts'
import { never, openedRuntime } from '../testing/docker-runtime.ts'
import { workbench } from '../testing/services.ts'

const skip = cannotRun

// 256 CPU units and 512 MiB each.
const services = {
  busy: shell('while :; do :; done'),
  // 200 MiB in a tmpfs count as the memory of the task.
  balloon: shell('head -c 209715200 /dev/zero > /balloon/air; while :; do sleep 1; done', {
    linuxParameters: { tmpfs: [{ containerPath: '/balloon', size: 256 }] },
  }),
  idle: shell('while :; do sleep 1; done'),
}

test('the metrics equal what the containers did: a busy loop, a memory balloon, and nothing', { skip }, async (t) => {
  const { ecs, clientOf } = await openedWithContainers(t)
  const bench = await workbench(ecs)
  const cloudWatch = clientOf(CloudWatchClient)
  const startedAt = new Date()
  for (const [name, container] of Object.entries(services)) {
    await bench.register(name, container)
    await bench.create({ serviceName: name, taskDefinition: name, desiredCount: name === 'busy' ? 2 : 1 })
  }
  for (const name of Object.keys(services)) await bench.until(() => bench.service(name), hasStarted)

  /** The values of each minute, oldest first. */
  const values = async (service: string, MetricName: string, Stat: string) => {
    const Dimensions = [
      { Name: 'ClusterName', Value: 'default' },
      { Name: 'ServiceName', Value: service },
    ]
    const MetricStat = { Metric: { Namespace: 'AWS/ECS', MetricName, Dimensions }, Period: 60, Stat }
    const { MetricDataResults: [result] = [] } = await cloudWatch.send(
      new GetMetricDataCommand({
        StartTime: startedAt,
        EndTime: new Date(startedAt.getTime() + 3_600_000),
        ScanBy: 'TimestampAscending',
        MetricDataQueries: [{ Id: 'a', MetricStat }],
      }),
    )
    return result?.Values ?? []
  }
  const between = (value: number | undefined, low: number, high: number, what: string) =>
    assert.ok(value !== undefined && value >= low && value <= high, `${what}: ${value}, not ${low} to ${high}`)

  // The second point is the first of a whole minute.
  const deadline = Date.now() + 240_000
  while ((await values('idle', 'CPUUtilization', 'Average')).length < 2 && Date.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, 500))
  const last = async (service: string, metric: string, stat = 'Average') => (await values(service, metric, stat)).at(-1)

  // Each loop may use 25 % of a processor, which is 100 % of its task. A busy machine may give it less.
  between(await last('busy', 'CPUUtilization'), 60, 105, 'CPU of the busy loops')
  between(await last('busy', 'CPUUtilization', 'Maximum'), 60, 105, 'CPU of the busier loop')
  assert.equal(await last('busy', 'CPUUtilization', 'SampleCount'), 2, 'running tasks')
  between(await last('busy', 'MemoryUtilization'), 0.01, 5, 'memory of the busy loops')
  between(await last('balloon', 'MemoryUtilization'), 39, 45, 'memory of the balloon: 200 of 512 MiB')
  between(await last('balloon', 'CPUUtilization'), 0, 20, 'CPU of the balloon')
  between(await last('idle', 'CPUUtilization'), 0, 10, 'CPU of the idle container')
  between(await last('idle', 'MemoryUtilization'), 0.01, 5, 'memory of the idle container')
})

const hasStarted = ({ runningCount, desiredCount }: { runningCount?: number; desiredCount?: number }) =>
  runningCount === desiredCount

test('a task’s usage is the same from its cgroup and from the statistics of its containers', { skip }, async (t) => {
  const { runtime, task } = await openedRuntime(t)
  const spec = task({
    name: 'app',
    ...shell('i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done; touch /done; sleep 600'),
  } as Parameters<typeof task>[0])
  await runtime.prepare(spec, never)
  await runtime.pull(spec, 'app', never)
  await runtime.start(spec, 'app', never)
  const stats = () => runtime.stats!(spec, 'app')
  // The loop has ended when the CPU time stands still.
  let before = -1
  for (let now = 0; now !== before; now = (await stats()).cpuNanoseconds) {
    before = now
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
  const usage = await runtime.usage!(spec)
  const { cpuNanoseconds } = await stats()
  assert.ok(usage.cpuNanoseconds >= cpuNanoseconds * 0.9, `${usage.cpuNanoseconds} of the task, ${cpuNanoseconds}`)
  assert.ok(usage.cpuNanoseconds <= cpuNanoseconds * 1.5 + 2e8, `${usage.cpuNanoseconds}, ${cpuNanoseconds}`)
  assert.ok(usage.memoryBytes > 0)
})
