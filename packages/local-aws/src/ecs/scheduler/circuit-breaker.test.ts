import assert from 'node:assert/strict'
import { test } from 'node:test'
import { failureThreshold } from './circuit-breaker.ts'

test('the failure threshold follows the ECS Developer Guide', () => {
  const threshold = (type: 'BOUNDED_PERCENT' | 'UNBOUNDED_PERCENT' | 'COUNT', value: number, desiredCount: number) =>
    failureThreshold(
      { enable: true, rollback: true, resetOnHealthyTask: true, threshold: { type, value } },
      desiredCount,
    )
  // The table of the ECS Developer Guide: half of the desired count, rounded up, at least 3 and at most 200.
  for (const [desiredCount, expected] of [
    [1, 3],
    [6, 3],
    [7, 4],
    [25, 13],
    [400, 200],
    [800, 200],
  ] as const)
    assert.equal(threshold('BOUNDED_PERCENT', 50, desiredCount), expected)
  assert.equal(threshold('UNBOUNDED_PERCENT', 50, 2), 1)
  assert.equal(threshold('UNBOUNDED_PERCENT', 50, 1000), 500)
  assert.equal(threshold('UNBOUNDED_PERCENT', 50, 0), 1)
  assert.equal(threshold('COUNT', 7, 1000), 7)
})
