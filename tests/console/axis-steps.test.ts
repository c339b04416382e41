// The vertical axis of a chart has round steps, from zero to at least the highest value.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { axisSteps } from '../../packages/console/src/parts/axis-steps.ts'

test('the steps are round and reach the highest value', () => {
  assert.deepEqual(axisSteps(0, 36, false), [0, 10, 20, 30, 40])
  assert.deepEqual(axisSteps(10, 1.4338, false), [0, 0.5, 1, 1.5])
  assert.deepEqual(axisSteps(0, 0.3, false), [0, 0.1, 0.2, 0.3])
  assert.deepEqual(axisSteps(0, 250, false), [0, 100, 200, 300])
  assert.deepEqual(axisSteps(-3, 4, false), [-4, -2, 0, 2, 4])
})

test('counts have whole steps, and no value still has an axis', () => {
  assert.deepEqual(axisSteps(0, 1, true), [0, 1])
  assert.deepEqual(axisSteps(0, 3, true), [0, 1, 2, 3])
  assert.deepEqual(axisSteps(0, 0, true), [0, 1])
  assert.equal(axisSteps(0, 0, false)[0], 0)
  assert.ok(axisSteps(0, 0, false).length > 1)
})
