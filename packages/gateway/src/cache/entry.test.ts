import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Account } from '../aws/account.ts'
import { NotFound } from '../problems/problem.ts'
import { ByteBudget } from './byte-budget.ts'
import { type AnyCacheEntry, CacheEntry } from './entry.ts'

const anyAge = { maxAgeMs: Number.POSITIVE_INFINITY }

/** A resource that an AWS shows, and the number of its reads. */
function seenThing(freshMs: number, byteBudget = new ByteBudget(1e6), forget = () => {}) {
  const aws: { shown: object | undefined; looks: number } = { shown: { name: 'www' }, looks: 0 }
  const account = {
    freshMs,
    callContext: () => ({ priority: 'read', caller: '' }),
    budget: { delayMs: () => 0 },
  } as unknown as Account
  const entry: AnyCacheEntry = new CacheEntry(
    {
      account,
      ref: { cluster: 'prod', ref: 'www' },
      kind: {
        action: 'DescribeServices',
        describe: async () => {
          aws.looks++
          return { value: aws.shown, requestedAt: performance.now() }
        },
        applyRecentWrites: (_account, _ref, answer) => {
          if (!answer) throw new NotFound('ServiceNotFound', 'gone')
          return answer
        },
        present: (described) => described,
      },
      forget,
    },
    byteBudget,
  )
  return { aws, entry }
}

test('a fresh entry is served without a read until a write invalidates it', async () => {
  const { aws, entry } = seenThing(60_000)
  const answer = await entry.read(anyAge)
  assert.equal(answer.latestIfFresh?.(), answer)
  entry.invalidate()
  assert.equal(answer.latestIfFresh?.(), undefined)
  aws.shown = { name: 'www', desiredCount: 2 }
  assert.equal(String((await entry.read(anyAge)).payload), '{"name":"www","desiredCount":2}')
  assert.equal(String(answer.latestIfFresh?.()?.payload), '{"name":"www","desiredCount":2}')
  assert.equal(aws.looks, 2)
})

test('an entry is not served when it is old, its resource is deleted, or it was evicted', async () => {
  const old = seenThing(0)
  assert.equal((await old.entry.read(anyAge)).latestIfFresh?.(), undefined)

  const gone = seenThing(60_000)
  const answer = await gone.entry.read(anyAge)
  gone.aws.shown = undefined
  await assert.rejects(gone.entry.refresh(), NotFound)
  assert.throws(() => answer.latestIfFresh?.(), NotFound)

  const byteBudget = new ByteBudget(3_000)
  const first = await seenThing(60_000, byteBudget).entry.read(anyAge)
  assert.equal(first.latestIfFresh?.(), first)
  const second = await seenThing(60_000, byteBudget).entry.read(anyAge)
  assert.deepEqual([first.latestIfFresh?.(), second.latestIfFresh?.()], [undefined, second])
})

test('an entry being read stays cached, however small the budget', async () => {
  const byteBudget = new ByteBudget(0)
  let forgotten = 0
  const { entry } = seenThing(60_000, byteBudget, () => forgotten++)
  const other = seenThing(60_000, byteBudget).entry
  await entry.read(anyAge)
  const looks = [entry.read({ maxAgeMs: 0 }), entry.refresh()]
  byteBudget.use({ isPinned: false, forget: () => {} }, 1)
  assert.equal(forgotten, 0, 'a write during the read must reach the entry')
  await Promise.all(looks)
  const [one, two] = await Promise.all([entry.refresh(), other.refresh()])
  assert.deepEqual([one.described, two.described], [{ name: 'www' }, { name: 'www' }])
})

test('a cached absence takes bytes of the budget like any entry', async () => {
  const byteBudget = new ByteBudget(3_000)
  let forgotten = 0
  const { aws, entry } = seenThing(60_000, byteBudget, () => forgotten++)
  aws.shown = undefined
  await assert.rejects(entry.refresh(), NotFound)
  byteBudget.use({ isPinned: false, forget: () => {} }, 3_000)
  assert.equal(forgotten, 1)
})
