// Metrics of real containers, by HTTP: they equal what the containers did. Takes two minutes, because points are
// minutes.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as moment } from 'node:timers/promises'
import { startEngineOverTcp } from '../../packages/gateway/src/testing/engine-over-tcp.ts'
import { startTestProgram } from '../../packages/gateway/src/testing/program.ts'
import { until } from '../../packages/gateway/src/testing/until.ts'
import {
  ensureTestImage,
  getContainerRuntime,
  noContainers,
  testImage,
} from '../../packages/local-aws/src/testing/containers.ts'

const prod = '/real/clusters/prod'
/** Each task has 256 CPU units and 512 MiB. */
const services = {
  // A loop may use a quarter of a processor, which is 100 % of its task.
  busy: { script: 'while :; do :; done', count: 2 },
  // 200 MiB in a tmpfs are memory of the task: 39 %.
  balloon: { script: 'head -c 209715200 /dev/zero > /balloon/air; while :; do sleep 1; done', count: 1 },
  idle: { script: 'while :; do sleep 1; done', count: 1 },
} as const
type Name = keyof typeof services
type Series = { name: string; statistic: string; points: [time: string, value: number][] }

test('the metrics of a busy loop, of a memory balloon and of an idle container are what these did', {
  skip: noContainers,
}, async () => {
  await ensureTestImage()
  const aws = await startEngineOverTcp({ runtime: getContainerRuntime().address })
  const { api, awsCalls } = await startTestProgram({ accounts: [aws.account('real', { budget: 'off' })] })
  const ofCloudWatch = () => awsCalls.filter(({ action }) => /^(GetMetricData|ListMetrics)$/.test(action)).length
  await api.put(prod, {})
  for (const [name, { script, count }] of Object.entries(services)) {
    const container = {
      name: 'app',
      image: testImage,
      command: ['sh', '-c', script],
      stopTimeout: 2,
      linuxParameters: { tmpfs: [{ containerPath: '/balloon', size: 256 }] },
    }
    const size = { cpu: 256, memory: 512 }
    const made = await api.post('/real/taskdefs', { family: name, ...size, containerDefinitions: [container] })
    assert.equal(made.status, 201, made.text)
    const created = await api.post(`${prod}/services`, { name, taskDefinition: name, count })
    assert.equal(created.status, 201, created.text)
  }
  const startedAt = Date.now()

  /** The series of a resource, as they are now; a series' points are oldest first. */
  const read = async (path: string): Promise<Series[]> => {
    const answer = await api.get(`${prod}/${path}/metrics?since=30m`, { headers: { 'cache-control': 'no-cache' } })
    assert.equal(answer.status, 200, answer.text)
    return answer.body.series
  }
  // Nobody looks during the first minutes: the second whole minute of all services is there when it has ended.
  while (Date.now() < (Math.floor(startedAt / 60_000) + 2) * 60_000) await moment(1000)
  assert.equal(ofCloudWatch(), 0, 'nobody has looked')
  const hasTwo = (series: Series[]) => series.length === 5 && series.every(({ points }) => points.length >= 2)
  for (const name of Object.keys(services)) await until(() => read(`services/${name}`), hasTwo)

  const lastOf = (series: Series[], name: string, statistic: string) =>
    series.find((each) => each.name === name && each.statistic === statistic)?.points.at(-1)?.[1]
  const last = async (service: Name, name: string, statistic = 'average') =>
    lastOf(await read(`services/${service}`), name, statistic)
  const between = (value: number | undefined, low: number, high: number, what: string) =>
    assert.ok(value !== undefined && value >= low && value <= high, `${what}: ${value}, not ${low} to ${high}`)
  // A busy machine may give a loop less than its limit.
  between(await last('busy', 'cpu'), 60, 105, 'CPU of the busy loops')
  between(await last('busy', 'cpu', 'maximum'), 60, 105, 'CPU of the busier loop')
  between(await last('busy', 'memory'), 0.01, 5, 'memory of the busy loops')
  between(await last('balloon', 'memory'), 39, 45, 'memory of the balloon')
  between(await last('balloon', 'cpu'), 0, 20, 'CPU of the balloon')
  between(await last('idle', 'cpu'), 0, 10, 'CPU of the idle container')
  between(await last('idle', 'memory'), 0.01, 5, 'memory of the idle container')
  for (const [name, { count }] of Object.entries(services))
    assert.equal(await last(name as Name, 'runningTasks'), count, `running tasks of ${name}`)

  const [task] = (await api.get(`${prod}/services/balloon/tasks`)).body.items
  between(lastOf(await read(`tasks/${task.id}`), 'memory', 'maximum'), 39, 45, 'memory of the balloon’s task')

  const before = ofCloudWatch()
  const viewers = await Promise.all(Array.from({ length: 50 }, () => api.get(`${prod}/services/busy/metrics`)))
  assert.deepEqual(new Set(viewers.map(({ status }) => status)), new Set([200]))
  assert.equal(ofCloudWatch() - before, 1, '50 viewers cost the calls of one')
  // The containers go with the engine, which the file's end closes.
})
