import assert from 'node:assert/strict'
import { test } from 'node:test'
import { GatewayTimeout, NotFound } from '../../problems/problem.ts'
import { ByteBudget } from '../byte-budget.ts'
import { cachedAnswerOf } from '../cached-answer.ts'
import { Feed, type FeedEvent } from './feed.ts'
import { Poller } from './poller.ts'

/** A thing whose looks the test answers. */
function resource(poller: Poller) {
  const heard: (FeedEvent['name'] | string)[] = []
  const feed = new Feed(new ByteBudget(1e6), () => {})
  const watcher = {
    event: ({ name, data }: FeedEvent) => heard.push(`${name} ${data}`),
    trouble: ({ code }: { code: string }) => heard.push(`problem ${code}`),
    cut: () => heard.push('cut'),
  }
  feed.watch(watcher)
  const looks: PromiseWithResolvers<object>[] = []
  const schedule = Promise.withResolvers<void>()
  let next = schedule
  const watched = {
    feed,
    look: async () => {
      const asked = Promise.withResolvers<object>()
      looks.push(asked)
      next.resolve()
      return { answer: cachedAnswerOf(await asked.promise, 0), pace: 'resting' as const }
    },
  }
  poller.watch(watched, 'changing')
  const look = async () => {
    await next.promise
    next = Promise.withResolvers()
    return looks.at(-1)!
  }
  return { heard, feed, watched, look, looks }
}

test('only what has changed is told; trouble once; what is gone ends it', async () => {
  const poller = new Poller('test', 4)
  const { heard, look, watched } = resource(poller)
  const timeout = new GatewayTimeout('AwsTimeout', 'AWS did not answer in time.')
  for (const state of [{ a: 1 }, { a: 1 }, { a: 2 }]) (await look()).resolve(state)
  for (let i = 0; i < 5; i++) (await look()).reject(timeout)
  ;(await look()).resolve({ a: 3 })
  ;(await look()).reject(new NotFound('ServiceNotFound', 'gone'))
  await look()
  poller.unwatch(watched)
  assert.ok(poller.isIdle)
  assert.deepEqual(heard, [
    'state {"a":1}',
    'change {"a":2}',
    'problem AwsTimeout',
    'change {"a":3}',
    'deleted {"a":3}',
  ])
})

test('what is at rest is looked at now when something is done to it', async () => {
  const poller = new Poller('test', 1_000_000)
  const { look, looks, watched } = resource(poller)
  assert.equal(looks.length, 0)
  poller.wake(watched)
  ;(await look()).resolve({})
  assert.equal(looks.length, 1)
  poller.close()
})

test('what was heard of is looked at at once, and again with those of which one heard meanwhile', async () => {
  const poller = new Poller('test', 2000)
  poller.eventsArrive = true
  const [one, two] = [resource(poller), resource(poller)]
  const began = performance.now()
  poller.poke(one.watched)
  const look = await one.look()
  assert.ok(performance.now() - began < 1000)
  for (let i = 0; i < 50; i++) for (const { watched } of [one, two]) poller.poke(watched)
  look.resolve({ a: 1 })
  for (const { look } of [one, two]) (await look()).resolve({ a: 2 })
  assert.ok(performance.now() - began >= 200, 'turns keep their distance')
  assert.deepEqual([one.looks.length, two.looks.length], [2, 1])
  for (const { watched } of [one, two]) poller.unwatch(watched)
})

test('after something happened one goes on looking for a while, though events tell of changes: an answer can be from before', async () => {
  const poller = new Poller('test', 4)
  poller.eventsArrive = true
  const { look, watched, heard } = resource(poller)
  poller.poke(watched)
  for (const state of [{ a: 'old' }, { a: 'old' }, { a: 'new' }]) (await look()).resolve(state)
  await look()
  assert.deepEqual(heard, ['state {"a":"old"}', 'change {"a":"new"}'])
  poller.unwatch(watched)
})
