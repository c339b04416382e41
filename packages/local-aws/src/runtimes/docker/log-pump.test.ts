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
    isRunning: () => false,
    onUnexpectedError: assert.ifError,
  })
  pump.startCopying(task, 'app', {
    afterPosition: undefined,
    // The disk is slower than the container was.
    storeLines: async (lines) => {
      await delay(quietMs / 3)
      storedPositions.push(...lines.map(({ position }) => position))
    },
  })
  return { pump, taken: storedPositions }
}

test('all output of an ended container is stored, however long that takes', async (t) => {
  const { pump, taken } = startPump(async function* () {
    for (let i = 0; i < 12; i++) yield [line(i)]
  })
  t.after(pump.close)
  await pump.waitUntilStored('t1', quietMs)
  assert.equal(taken.length, 12)
})

test('waiting for a log that does not end stops once the log is quiet', async (t) => {
  const { promise: never } = Promise.withResolvers<void>()
  const { pump, taken } = startPump(async function* () {
    yield [line(0)]
    await never
  })
  t.after(pump.close)
  await pump.waitUntilStored('t1', quietMs)
  assert.deepEqual(taken, ['0'])
})
