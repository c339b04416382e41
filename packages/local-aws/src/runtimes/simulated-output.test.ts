// The lines that simulated containers print, and the sink that stores them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createManualClock } from '../testing/manual-clock.ts'
import { neverAborts, taskWith } from '../testing/simulated-task.ts'
import type { LogLine } from './runtime.ts'
import { createSimulatedRuntime } from './simulated.ts'

const secondMs = 1_000

function openRuntime(clock = createManualClock()) {
  const lines: LogLine[] = []
  const notices: string[] = []
  const sink = { afterPosition: undefined as string | undefined, isClosed: false }
  const runtime = createSimulatedRuntime({
    clock,
    pace: 'instant',
    callbacks: {
      environment: async () => new Map(),
      registryCredentials: async () => undefined,
      logSink: () => ({
        ...(sink.afterPosition !== undefined && { afterPosition: sink.afterPosition }),
        storeLines: (added) => {
          if (sink.isClosed) throw new Error('the log group was deleted')
          lines.push(...added)
        },
      }),
    },
    onNotice: (text) => void notices.push(text),
  })
  return { clock, runtime, lines, notices, sink }
}

/** Starts a container with the script. `printed` returns its lines with their seconds after the start. */
async function startScript(script: string) {
  const opened = openRuntime()
  const task = taskWith({}, { command: ['sh', '-c', script] })
  const { clock, runtime, lines } = opened
  const startedAt = clock.now()
  await runtime.prepare(task, neverAborts)
  await runtime.start(task, 'app', neverAborts)
  const printed = async () => {
    await settled()
    return lines.map(({ time, stream, text }) => [(time - startedAt) / secondMs, stream, text])
  }
  return { ...opened, task, startedAt, printed }
}

/** Lines are stored one after the other, as promises. */
const settled = () => new Promise((resolve) => setImmediate(resolve))

test('echo prints its words without their quotes, each at its time, on the stream that it names', async () => {
  const { clock, runtime, task, printed } = await startScript(
    `echo "starting;"   port '8'0; sleep 2; echo 'no such host' >&2 && echo; exit 3`,
  )
  assert.deepEqual(await printed(), [[0, 'stdout', 'starting; port 80']])
  clock.advance(1_999)
  assert.equal((await printed()).length, 1)
  clock.advance(1)
  assert.deepEqual((await printed()).slice(1), [
    [2, 'stderr', 'no such host'],
    [2, 'stdout', ''],
  ])
  const { containers } = await runtime.wait(task, undefined, neverAborts)
  assert.equal(containers.get('app')?.state, 'exited')
})

test('a loop prints until the container is stopped', async () => {
  const { clock, runtime, task, printed } = await startScript(
    'echo up; sleep 1; while true; do echo tick; sleep 2; echo tock; sleep 3; done',
  )
  clock.advance(8_000)
  const seconds = async (text: string) => (await printed()).filter((line) => line[2] === text).map(([at]) => at)
  assert.deepEqual(await seconds('tick'), [1, 6])
  assert.deepEqual(await seconds('tock'), [3, 8])
  await runtime.stop(task, 'app', 30_000)
  clock.advance(60_000)
  assert.equal((await printed()).length, 5)
  await runtime.remove(task)
})

test('a label that ends the container earlier ends its output, too', async () => {
  const { clock, runtime, lines } = openRuntime()
  const labels = { 'ecs-api.simulated.exit-after': '2.5' }
  const task = taskWith(labels, { command: ['sh', '-c', 'while true; do echo tick; sleep 1; done'] })
  await runtime.prepare(task, neverAborts)
  await runtime.start(task, 'app', neverAborts)
  clock.advance(10_000)
  await settled()
  assert.equal(lines.length, 3)
})

test('after a restart the lines continue behind the last stored one, at most the newest 1,000 of them', async () => {
  const { clock, task, startedAt, lines } = await startScript('while true; do echo tick; sleep 1; done')
  clock.advance(2_000)
  await settled()
  assert.equal(lines.at(-1)?.position, '2')
  const restartAfter = async (ms: number, position: string) => {
    const next = openRuntime(createManualClock(startedAt + ms))
    next.sink.afterPosition = position
    await next.runtime.adopt([{ task, observed: new Map([['app', { state: 'running', since: startedAt }]]) }])
    await settled()
    return next.lines.map(({ time }) => (time - startedAt) / secondMs)
  }
  assert.deepEqual(await restartAfter(5_500, '2'), [3, 4, 5])
  const afterDays = await restartAfter(86_400_000, '2')
  assert.deepEqual([afterDays.length, afterDays[0], afterDays.at(-1)], [1_000, 85_401, 86_400])
})

test('a container whose lines cannot be stored runs on, and one notice says so', async () => {
  const { clock, runtime, task, sink, notices, lines } = await startScript('while true; do echo tick; sleep 1; done')
  await settled()
  sink.isClosed = true
  for (let second = 0; second < 3; second++) {
    clock.advance(1_000)
    await settled()
  }
  assert.deepEqual(notices, ['the output of the container app is lost from now on: Error: the log group was deleted'])
  assert.equal(lines.length, 1)
  const { containers } = await runtime.wait(task, undefined, neverAborts)
  assert.equal(containers.get('app')?.state, 'running')
})
