import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type BudgetedEntry, ByteBudget } from './byte-budget.ts'
import { cachedAnswerOf } from './cached-answer.ts'

/** Creates entries whose names are added to `forgotten` when they are evicted. */
function entries() {
  const forgotten: string[] = []
  const resource = (name: string, isPinned = false): BudgetedEntry => ({
    isPinned,
    forget: () => void forgotten.push(name),
  })
  return { forgotten, resource }
}

test('the least recently used entry is evicted first, and pinned entries stay', () => {
  const { forgotten, resource } = entries()
  const byteBudget = new ByteBudget(100)
  const [a, b, c] = [resource('a'), resource('b', true), resource('c')]
  byteBudget.use(a, 40)
  byteBudget.use(b, 40)
  byteBudget.use(c, 20)
  byteBudget.use(a, 30)
  assert.deepEqual([byteBudget.bytes, forgotten], [90, []])
  byteBudget.use(resource('d'), 30)
  assert.deepEqual([byteBudget.bytes, byteBudget.count, forgotten], [100, 3, ['c']])
  byteBudget.use(resource('e'), 1000)
  assert.deepEqual([byteBudget.count, forgotten], [2, ['c', 'a', 'd']])
})

test('the buffer of a small response has no spare bytes', () => {
  const { payload } = cachedAnswerOf({ items: [], nextCursor: null }, 0)
  assert.equal(payload.buffer.byteLength, payload.byteLength)
})
