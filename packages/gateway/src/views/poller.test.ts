import assert from 'node:assert/strict'
import { test } from 'node:test'
import { GatewayTimeout, NotFound } from '../problems/problem.ts'
import { Feed, type FeedEvent } from './feed.ts'
import { Memory } from './memory.ts'
import { Poller } from './poller.ts'
import { viewOf } from './view.ts'

/** A thing whose looks the test answers. */
function thing(poller: Poller) {
  const heard: (FeedEvent['name'] | string)[] = []
  const feed = new Feed(new Memory(1e6), () => {})
  const watcher = {
    event: ({ name, data }: FeedEvent) => heard.push(`${name} ${data}`),
    trouble: ({ code }: { code: string }) => heard.push(`problem ${code}`),
    cut: () => heard.push('cut'),
  }
  feed.watch(watcher)
  const looks: PromiseWithResolvers<object>[] = []
  const looked = Promise.withResolvers<void>()
  let next = looked
  const watched = {
    feed,
    look: async () => {
      const asked = Promise.withResolvers<object>()
      looks.push(asked)
      next.resolve()
      return { view: viewOf(await asked.promise, 0), pace: 'resting' as const }
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
  const { heard, look, watched } = thing(poller)
  const timeout = new GatewayTimeout('AwsTimeout', 'AWS did not answer in time.')
  for (const state of [{ a: 1 }, { a: 1 }, { a: 2 }]) (await look()).resolve(state)
  for (let i = 0; i < 5; i++) (await look()).reject(timeout)
  ;(await look()).resolve({ a: 3 })
  ;(await look()).reject(new NotFound('ServiceNotFound', 'gone'))
  await look()
  poller.unwatch(watched)
  assert.ok(poller.isIdle)
  assert.deepEqual(heard, ['state {"a":1}', 'change {"a":2}', 'problem AwsTimeout', 'change {"a":3}', 'deleted {"a":3}'])
})

test('what is at rest is looked at now when something is done to it', async () => {
  const poller = new Poller('test', 1_000_000)
  const { look, looks, watched } = thing(poller)
  assert.equal(looks.length, 0)
  poller.wake(watched)
  ;(await look()).resolve({})
  assert.equal(looks.length, 1)
  poller.close()
})
