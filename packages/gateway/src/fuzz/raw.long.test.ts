import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fuzzRaw } from './raw-run.ts'
import { startTargets } from './raw-targets.ts'

test('after hostile connections to every port, processes run, logs are quiet, and no handles or memory leak', async () => {
  const { processes, close } = await startTargets()
  try {
    const { findings, outcomes } = await fuzzRaw(processes, { connections: 2000, seed: 7 })
    assert.deepEqual(findings, [])
    for (const [target, counts] of outcomes) {
      const responses = [...counts.keys()].filter((outcome) => /^[24]\d\d$/.test(outcome))
      assert.ok(responses.length >= 5, `${target} responded with ${responses.join(', ')} only`)
    }
  } finally {
    await close()
  }
})
