import assert from 'node:assert/strict'
import { test } from 'node:test'
import { GatewayTimeout, NotFound } from '../../problems/problem.ts'
import { ByteBudget } from '../byte-budget.ts'
import { cachedAnswerOf } from '../cached-answer.ts'
import { Feed, type FeedEvent } from './feed.ts'
import { Poller } from './poller.ts'

const options = { caller: 'test', onUnexpectedError: assert.ifError }

/** A resource that is polled. The test answers each of its reads: `nextRead` waits for one. */
function polledResource(poller: Poller) {
  const emitted: (FeedEvent['name'] | string)[] = []
  const feed = new Feed(new ByteBudget(1e6), () => {})
  const watcher = {
    sendEvent: ({ name, data }: FeedEvent) => emitted.push(`${name} ${data}`),
    sendProblem: ({ code }: { code: string }) => emitted.push(`problem ${code}`),
    endWithProblem: () => emitted.push('cut'),
  }
  feed.watch(watcher)
  const reads: PromiseWithResolvers<object>[] = []

  let next = Promise.withResolvers<void>()
  const watched = {
    feed,
    refresh: async () => {
      const read = Promise.withResolvers<object>()
      reads.push(read)
      next.resolve()
      return { answer: cachedAnswerOf(await read.promise, 0), pace: 'resting' as const }
    },
  }
  poller.watch(watched, 'changing')
  const nextRead = async () => {
    await next.promise
    next = Promise.withResolvers()
    return reads.at(-1)!
  }
  return { emitted, feed, watched, nextRead, reads }
}

test('a poller emits only changes, a problem once, and ends the feed of a deleted resource', async () => {
  const poller = new Poller({ ...options, restMs: 4 })
  const { emitted, nextRead, watched } = polledResource(poller)
  const timeout = new GatewayTimeout('AwsTimeout', 'AWS did not answer in time.')
  for (const state of [{ a: 1 }, { a: 1 }, { a: 2 }]) (await nextRead()).resolve(state)
  for (let i = 0; i < 5; i++) (await nextRead()).reject(timeout)
  ;(await nextRead()).resolve({ a: 3 })
  ;(await nextRead()).reject(new NotFound('ServiceNotFound', 'gone'))
  await nextRead()
  poller.unwatch(watched)
  assert.ok(poller.isIdle)
  assert.deepEqual(emitted, [
    'state {"a":1}',
    'change {"a":2}',
    'problem AwsTimeout',
    'change {"a":3}',
    'deleted {"a":3}',
  ])
})

test('a resting resource is read at once when it is written to', async () => {
  const poller = new Poller({ ...options, restMs: 1_000_000 })
  const { nextRead, reads, watched } = polledResource(poller)
  assert.equal(reads.length, 0)
  poller.pollNow(watched)
  ;(await nextRead()).resolve({})
  assert.equal(reads.length, 1)
  poller.close()
})

test('a resource named in an event is read at once; resources named meanwhile share the next read', async () => {
  const poller = new Poller({ ...options, restMs: 2000 })
  poller.eventsArrive = true
  const [one, two] = [polledResource(poller), polledResource(poller)]
  const began = performance.now()
  poller.pollEarly(one.watched)
  const firstRead = await one.nextRead()
  assert.ok(performance.now() - began < 1000)
  for (let i = 0; i < 50; i++) for (const { watched } of [one, two]) poller.pollEarly(watched)
  firstRead.resolve({ a: 1 })
  for (const { nextRead } of [one, two]) (await nextRead()).resolve({ a: 2 })
  assert.ok(performance.now() - began >= 200, 'polls keep their minimum distance')
  assert.deepEqual([one.reads.length, two.reads.length], [2, 1])
  for (const { watched } of [one, two]) poller.unwatch(watched)
})

test('after an event polls are frequent for a while, because a response can be older than the event', async () => {
  const poller = new Poller({ ...options, restMs: 4 })
  poller.eventsArrive = true
  const { nextRead, watched, emitted } = polledResource(poller)
  poller.pollEarly(watched)
  for (const state of [{ a: 'old' }, { a: 'old' }, { a: 'new' }]) (await nextRead()).resolve(state)
  await nextRead()
  assert.deepEqual(emitted, ['state {"a":"old"}', 'change {"a":"new"}'])
  poller.unwatch(watched)
})

test('a poll that needs many calls has longer intervals', async () => {
  const poller = new Poller({ ...options, restMs: 10 })
  const polledAt: number[] = []
  const second = Promise.withResolvers<void>()
  const refresh = async () => {
    if (polledAt.push(performance.now()) === 2) second.resolve()
    return { answer: cachedAnswerOf({}, 0), pace: 'resting' as const, calls: 200 }
  }
  const watched = { feed: new Feed(new ByteBudget(1e6), () => {}), refresh }
  poller.watch(watched, 'resting')
  // The poller's timer does not keep the process alive.
  const alive = setInterval(() => {}, 1_000)
  await second.promise
  clearInterval(alive)
  poller.unwatch(watched)
  const intervalMs = polledAt[1]! - polledAt[0]!
  assert.ok(intervalMs > 190, `${intervalMs} ms, although 200 calls at ten in 10 ms take 200 ms`)
})

test('watchers get a problem also when the third failure is a bug, which is reported once', async () => {
  const reported: unknown[] = []
  const onUnexpectedError = (error: unknown) => reported.push(error)
  const poller = new Poller({ ...options, restMs: 4, onUnexpectedError })
  const { emitted, nextRead, watched } = polledResource(poller)
  ;(await nextRead()).resolve({ a: 1 })
  const timeout = new GatewayTimeout('AwsTimeout', 'AWS did not answer in time.')
  const bug = new TypeError('undefined is no object')
  for (const error of [timeout, timeout, bug, bug]) (await nextRead()).reject(error)
  ;(await nextRead()).resolve({ a: 2 })
  for (let i = 0; i < 4; i++) (await nextRead()).reject(timeout)
  await nextRead()
  poller.unwatch(watched)
  assert.deepEqual(emitted, ['state {"a":1}', 'problem InternalError', 'change {"a":2}', 'problem AwsTimeout'])
  assert.deepEqual(reported, [bug])
})

test('polls stay frequent until one has begun after the time in which ECS may return an old state', async () => {
  const inconsistencyMs = 100
  const poller = new Poller({ ...options, restMs: 60, inconsistencyMs })
  poller.eventsArrive = true
  const { nextRead, watched } = polledResource(poller)
  const reportedAt = performance.now()
  poller.pollEarly(watched)
  // The poller's timer does not keep the process alive.
  const alive = setInterval(() => {}, 1000)
  let readAt: number
  do {
    const read = await nextRead()
    readAt = performance.now()
    read.resolve({ a: 1 })
  } while (readAt - reportedAt <= inconsistencyMs)
  clearInterval(alive)
  poller.unwatch(watched)
  assert.ok(readAt - reportedAt < 20_000, 'the next regular poll would be after 30 s')
})
