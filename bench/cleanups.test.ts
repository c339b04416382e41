import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withCleanups } from './cleanups.ts'
import { CannotRun } from './figures.ts'

const failing = () => Promise.reject(new Error('not removed'))

test('the error of the work is thrown, also when a cleanup fails; every cleanup runs', async (t) => {
  const printed = t.mock.method(console, 'error', () => {})
  const cleaned: string[] = []
  const work = withCleanups(async (cleanups) => {
    cleanups.push(
      () => void cleaned.push('first'),
      failing,
      () => void cleaned.push('last'),
    )
    throw new CannotRun('no container runtime')
  })
  await assert.rejects(work, CannotRun)
  assert.deepEqual(cleaned, ['first', 'last'])
  assert.match(String(printed.mock.calls[0]!.arguments[1]), /not removed/)
})

test('failed cleanups fail work that succeeded', async () => {
  const work = withCleanups(async (cleanups) => void cleanups.push(failing, failing))
  await assert.rejects(work, ({ errors }: AggregateError) => errors.length === 2)
})
