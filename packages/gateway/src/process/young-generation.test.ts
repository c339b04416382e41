import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { limitYoungGeneration } from './young-generation.ts'

const sizeMiB = () =>
  getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space')!.space_size / 2 ** 20

/** Makes objects of which many survive a collection, which makes V8 grow the young generation. */
async function makeSurvivors(): Promise<void> {
  const survivors: object[] = []
  for (let turn = 0; turn < 300; turn++) {
    for (let i = 0; i < 10_000; i++) survivors[i] = { turn, i, values: [i] }
    // The observer of collections runs between two turns of the event loop.
    await setImmediate()
  }
}

test('the young generation grows to its limit, and again after V8 shrank it', async () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as (options: { flavor: 'last-resort' }) => void
  limitYoungGeneration()
  await makeSurvivors()
  assert.ok(sizeMiB() > 16 && sizeMiB() <= 32, `${sizeMiB()} MiB`)
  collect({ flavor: 'last-resort' })
  assert.ok(sizeMiB() < 8, `shrunk: ${sizeMiB()} MiB`)
  await makeSurvivors()
  assert.ok(sizeMiB() > 16 && sizeMiB() <= 32, `${sizeMiB()} MiB`)
})
