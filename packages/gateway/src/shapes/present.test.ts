import assert from 'node:assert/strict'
import { test } from 'node:test'
import { present } from './present.ts'

test('a size is presented as a number, whichever way it was given', () => {
  const containerOverrides = [{ name: 'web', cpu: 256, memory: 512 }]
  const { overrides } = present('Task', { overrides: { cpu: '.5 vCPU', memory: '1 GB', containerOverrides } })
  assert.deepEqual(overrides, { cpu: 512, memory: 1024, containerOverrides })
  assert.deepEqual(present('TaskDefinition', { cpu: '256', memory: 'unknown' }), { cpu: 256, memory: 'unknown' })
})
