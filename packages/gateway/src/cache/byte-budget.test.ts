import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Kept, Memory } from './byte-budget.ts'
import { viewOf } from './cached-answer.ts'

function things() {
  const forgotten: string[] = []
  const thing = (name: string, isPinned = false): Kept => ({ isPinned, forget: () => void forgotten.push(name) })
  return { forgotten, thing }
}

test('what was not used for the longest time is let go first, and what somebody depends on stays', () => {
  const { forgotten, thing } = things()
  const memory = new Memory(100)
  const [a, b, c] = [thing('a'), thing('b', true), thing('c')]
  memory.use(a, 40)
  memory.use(b, 40)
  memory.use(c, 20)
  memory.use(a, 30)
  assert.deepEqual([memory.bytes, forgotten], [90, []])
  memory.use(thing('d'), 30)
  assert.deepEqual([memory.bytes, memory.count, forgotten], [100, 3, ['c']])
  memory.use(thing('e'), 1000)
  assert.deepEqual([memory.count, forgotten], [2, ['c', 'a', 'd']])
})

test('a small response keeps no more bytes alive than its own', () => {
  const { payload } = viewOf({ items: [], nextCursor: null }, 0)
  assert.equal(payload.buffer.byteLength, payload.byteLength)
})
