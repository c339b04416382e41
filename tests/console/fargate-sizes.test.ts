// The sizes that the console offers are those that the gateway accepts.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fargateSizes as offered } from '../../packages/console/src/forms/fargate-sizes.ts'
import { fargateSizes } from '../../packages/ecs-model/src/index.ts'

test('the console offers every size of Fargate, and no other', () => {
  assert.deepEqual(
    offered,
    fargateSizes.map(({ cpu, memory }) => [cpu, memory]),
  )
})
