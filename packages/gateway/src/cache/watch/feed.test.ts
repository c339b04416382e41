import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ByteBudget } from '../byte-budget.ts'
import { cachedAnswerOf } from '../cached-answer.ts'
import { Feed } from './feed.ts'

const state = (n: number) => cachedAnswerOf({ n }, n)
const eventsSince = (feed: Feed, cursor?: string) =>
  feed.firstEvents(cursor).map(({ name, data }) => `${name} ${JSON.parse(String(data)).n}`)

test('a client resumes after its last event; one away for too long gets CursorTooOld', () => {
  const feed = new Feed(new ByteBudget(1e6), () => {})
  assert.deepEqual(eventsSince(feed), [])
  feed.publish(state(1))
  const [{ id: first } = assert.fail()] = feed.firstEvents(undefined)
  feed.publish(state(2))
  feed.publish(state(2))
  feed.publish(state(3))
  assert.deepEqual(eventsSince(feed), ['state 3'])
  assert.deepEqual(eventsSince(feed, first), ['change 2', 'change 3'])
  assert.deepEqual(eventsSince(feed, feed.firstEvents(undefined)[0]!.id), [])
  for (let n = 4; n < 100; n++) feed.publish(state(n))
  assert.throws(() => feed.firstEvents(first), { code: 'CursorTooOld', status: 410 })
  assert.equal(eventsSince(feed, feed.firstEvents(undefined)[0]!.id.replace(/\d+$/, '40')).length, 59)
})

test('a feed keeps few events when they are large', () => {
  const feed = new Feed(new ByteBudget(1e6), () => {})
  for (let n = 0; n < 10; n++) feed.publish(cachedAnswerOf({ n, text: 'x'.repeat(200_000) }, n))
  const last = feed.firstEvents(undefined)[0]!.id
  assert.equal(eventsSince(feed, last.replace(/\d+$/, '9')).length, 1)
  assert.throws(() => feed.firstEvents(last.replace(/\d+$/, '6')), { code: 'CursorTooOld' })
})
