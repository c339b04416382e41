import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ByteBudget } from '../byte-budget.ts'
import { cachedAnswerOf } from '../cached-answer.ts'
import { Feed } from './feed.ts'

const state = (n: number) => cachedAnswerOf({ n }, n)
const told = (feed: Feed, cursor?: string) =>
  feed.since(cursor).map(({ name, data }) => `${name} ${JSON.parse(String(data)).n}`)

test('who comes back is told what came after; who stayed away too long is told to read afresh', () => {
  const feed = new Feed(new ByteBudget(1e6), () => {})
  assert.deepEqual(told(feed), [])
  feed.publish(state(1))
  const [{ id: first } = assert.fail()] = feed.since(undefined)
  feed.publish(state(2))
  feed.publish(state(2))
  feed.publish(state(3))
  assert.deepEqual(told(feed), ['state 3'])
  assert.deepEqual(told(feed, first), ['change 2', 'change 3'])
  assert.deepEqual(told(feed, feed.since(undefined)[0]!.id), [])
  for (let n = 4; n < 100; n++) feed.publish(state(n))
  assert.throws(() => feed.since(first), { code: 'CursorTooOld', status: 410 })
  assert.equal(told(feed, feed.since(undefined)[0]!.id.replace(/\d+$/, '40')).length, 59)
})

test('large states are kept few at a time', () => {
  const feed = new Feed(new ByteBudget(1e6), () => {})
  for (let n = 0; n < 10; n++) feed.publish(cachedAnswerOf({ n, text: 'x'.repeat(200_000) }, n))
  const last = feed.since(undefined)[0]!.id
  assert.equal(told(feed, last.replace(/\d+$/, '9')).length, 1)
  assert.throws(() => feed.since(last.replace(/\d+$/, '6')), { code: 'CursorTooOld' })
})
