import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { createOut } from './out/out.ts'
import { reportError } from './report-error.ts'

test('an error that no verb expects is a bug: exit code 1, with the place of the error', () => {
  for (const format of ['table', 'json'] as const) {
    const stderr = new PassThrough()
    const out = createOut({ format, colour: 'never', now: Date.now, stdout: new PassThrough(), stderr })
    assert.equal(reportError(new TypeError('x is not a function'), out), 1)
    const printed = String(stderr.read())
    if (format === 'json') assert.equal(JSON.parse(printed).code, 'Exit1')
    else assert.match(printed, /^This is a bug in ecs-api: TypeError: x is not a function\n +at /)
  }
})
