import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Account } from '../aws/account.ts'
import { NotFound } from '../problems/problem.ts'
import { ByteBudget } from './byte-budget.ts'
import { type AnyCacheEntry, CacheEntry } from './entry.ts'

const anyAge = { maxAgeMs: Number.POSITIVE_INFINITY }

/** The cache entry of a resource. `aws.shown` is the resource as AWS describes it, `aws.reads` counts the calls. */
function cachedResource(freshMs: number, byteBudget = new ByteBudget(1e6), forget = () => {}) {
  const aws: { shown: object | undefined; reads: number } = { shown: { name: 'www' }, reads: 0 }
  const account = {
    freshMs,
    callContext: () => ({ priority: 'read', caller: '' }),
    requestBudget: { delayMs: () => 0 },
  } as unknown as Account
  const entry: AnyCacheEntry = new CacheEntry(
    {
      account,
      ref: { cluster: 'prod', ref: 'www' },
      kind: {
        action: 'DescribeServices',
        describe: async () => {
          aws.reads++
          return { value: aws.shown, requestedAt: performance.now() }
        },
        applyRecentWrites: (_account, _ref, answer) => {
          if (!answer) throw new NotFound('ServiceNotFound', 'gone')
          return answer
        },
        toApiResource: (described) => described,
      },
      forget,
    },
    byteBudget,
  )
  return { aws, entry }
}

test('a fresh entry is served without a read until a write invalidates it', async () => {
  const { aws, entry } = cachedResource(60_000)
  const answer = await entry.read(anyAge)
  assert.equal(answer.latestIfFresh?.(), answer)
  entry.invalidate()
  assert.equal(answer.latestIfFresh?.(), undefined)
  aws.shown = { name: 'www', desiredCount: 2 }
  assert.equal(String((await entry.read(anyAge)).payload), '{"name":"www","desiredCount":2}')
  assert.equal(String(answer.latestIfFresh?.()?.payload), '{"name":"www","desiredCount":2}')
  assert.equal(aws.reads, 2)
})

test('an entry is not served when it is old, its resource is deleted, or it was evicted', async () => {
  const old = cachedResource(0)
  assert.equal((await old.entry.read(anyAge)).latestIfFresh?.(), undefined)

  const gone = cachedResource(60_000)
  const answer = await gone.entry.read(anyAge)
  gone.aws.shown = undefined
  await assert.rejects(gone.entry.refresh(), NotFound)
  assert.throws(() => answer.latestIfFresh?.(), NotFound)

  const byteBudget = new ByteBudget(3_000)
  const first = await cachedResource(60_000, byteBudget).entry.read(anyAge)
  assert.equal(first.latestIfFresh?.(), first)
  const second = await cachedResource(60_000, byteBudget).entry.read(anyAge)
  assert.deepEqual([first.latestIfFresh?.(), second.latestIfFresh?.()], [undefined, second])
})

test('an entry being read stays cached, however small the budget', async () => {
  const byteBudget = new ByteBudget(0)
  let forgotten = 0
  const { entry } = cachedResource(60_000, byteBudget, () => forgotten++)
  const other = cachedResource(60_000, byteBudget).entry
  await entry.read(anyAge)
  const reads = [entry.read({ maxAgeMs: 0 }), entry.refresh()]
  byteBudget.use({ isPinned: false, forget: () => {} }, 1)
  assert.equal(forgotten, 0, 'a write during the read must reach the entry')
  await Promise.all(reads)
  const [one, two] = await Promise.all([entry.refresh(), other.refresh()])
  assert.deepEqual([one.described, two.described], [{ name: 'www' }, { name: 'www' }])
})

test('an entry for a missing resource counts against the byte budget, too', async () => {
  const byteBudget = new ByteBudget(3_000)
  let forgotten = 0
  const { aws, entry } = cachedResource(60_000, byteBudget, () => forgotten++)
  aws.shown = undefined
  await assert.rejects(entry.refresh(), NotFound)
  byteBudget.use({ isPinned: false, forget: () => {} }, 3_000)
  assert.equal(forgotten, 1)
})
