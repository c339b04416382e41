import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { LogLine, TaskSpec } from '../runtime.ts'
import { openLogPump } from './log-pump.ts'

const task = { id: 't1' } as TaskSpec
const quietMs = 60
const line = (position: number): LogLine => ({ time: 0, stream: 'stdout', text: 'line', position: String(position) })

function startPump(readLogs: () => AsyncIterable<LogLine[]>) {
  const storedPositions: string[] = []
  const pump = openLogPump({
    readLogs,
    waitUntilConnected: async () => {},
    // The container has ended, so that its log is read once.
    isRunning: () => false,
    onUnexpectedError: assert.ifError,
  })
  pump.startCopying(task, 'app', {
    afterPosition: undefined,
    // Lines are stored more slowly than the container has printed them.
    storeLines: async (lines) => {
      await delay(quietMs / 3)
      storedPositions.push(...lines.map(({ position }) => position))
    },
  })
  return { pump, storedPositions }
}

test('all output of an ended container is stored, however long that takes', async (t) => {
  const { pump, storedPositions } = startPump(async function* () {
    for (let i = 0; i < 12; i++) yield [line(i)]
  })
  t.after(pump.close)
  await pump.waitUntilStored('t1', quietMs)
  assert.equal(storedPositions.length, 12)
})

test('waiting for a log that does not end stops once the log is quiet', async (t) => {
  const { promise: never } = Promise.withResolvers<void>()
  const { pump, storedPositions } = startPump(async function* () {
    yield [line(0)]
    await never
  })
  t.after(pump.close)
  await pump.waitUntilStored('t1', quietMs)
  assert.deepEqual(storedPositions, ['0'])
})
