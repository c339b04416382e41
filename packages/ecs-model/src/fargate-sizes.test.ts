import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nearestName, parseCpuUnits, parseMemoryMiB, smallestFargateSize } from './index.ts'

test('cpu and memory are read with and without their unit', () => {
  assert.deepEqual(['256', ' 256 ', '.25 vCPU', '1vcpu', '0.1 vCPU', 'much', ''].map(parseCpuUnits), [
    256,
    256,
    256,
    1024,
    undefined,
    undefined,
    undefined,
  ])
  assert.deepEqual(['512', '0.5 GB', '3 GB', '3GB', '1 TB'].map(parseMemoryMiB), [512, 512, 3072, 3072, undefined])
})

test('the smallest size is the first one that fits the request', () => {
  assert.deepEqual(smallestFargateSize({ atLeastCpu: 0, atLeastMemory: 0 }), { cpu: 256, memory: 512 })
  assert.deepEqual(smallestFargateSize({ atLeastCpu: 300, atLeastMemory: 4500 }), { cpu: 1024, memory: 5120 })
  assert.deepEqual(smallestFargateSize({ cpu: 1024, atLeastCpu: 0, atLeastMemory: 0 }), { cpu: 1024, memory: 2048 })
  assert.deepEqual(smallestFargateSize({ memory: 8192, atLeastCpu: 0, atLeastMemory: 0 }), { cpu: 1024, memory: 8192 })
  assert.deepEqual(smallestFargateSize({ atLeastCpu: 0, atLeastMemory: 0, isWindows: true }), {
    cpu: 1024,
    memory: 2048,
  })
  assert.equal(smallestFargateSize({ cpu: 300, atLeastCpu: 0, atLeastMemory: 0 }), undefined)
  assert.equal(smallestFargateSize({ atLeastCpu: 99999, atLeastMemory: 0 }), undefined)
})

test('a misspelt name finds the closest known name, and a strange one none', () => {
  const knownNames = ['containerDefinitions', 'family', 'cpu', 'memory']
  assert.deepEqual(
    ['containerDefinition', 'famliy', 'CPU', 'memmory', 'zebra'].map((word) => nearestName(word, knownNames)),
    ['containerDefinitions', 'family', 'cpu', 'memory', undefined],
  )
})
