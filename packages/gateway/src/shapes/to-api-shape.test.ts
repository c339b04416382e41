import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toApiShape } from './to-api-shape.ts'

test('a CPU or memory size becomes a number, also from text with a unit; other text stays', () => {
  const containerOverrides = [{ name: 'web', cpu: 256, memory: 512 }]
  const { overrides } = toApiShape('Task', { overrides: { cpu: '.5 vCPU', memory: '1 GB', containerOverrides } })
  assert.deepEqual(overrides, { cpu: 512, memory: 1024, containerOverrides })
  assert.deepEqual(toApiShape('TaskDefinition', { cpu: '256', memory: 'unknown' }), { cpu: 256, memory: 'unknown' })
})
