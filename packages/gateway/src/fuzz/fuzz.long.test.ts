import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startFuzzedProgram } from './program.ts'
import { fuzz } from './run.ts'

test('generated requests over every route get responses that openapi.json describes, and no 5xx', async () => {
  const { openapi, send, close } = await startFuzzedProgram()
  try {
    const report = await fuzz(openapi, send, { requests: 2000, seed: 7 })
    assert.deepEqual(report.findings.slice(0, 3), [])
    assert.ok(report.successfulRoutes.size >= 20, `only ${report.successfulRoutes.size} routes were reached`)
  } finally {
    await close()
  }
})
