import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Account } from '../aws/account.ts'
import { NotFound } from '../problems/problem.ts'
import { ByteBudget } from './byte-budget.ts'
import { type AnyCacheEntry, CacheEntry } from './entry.ts'

const whatever = { maxAgeMs: Number.POSITIVE_INFINITY }

/** A thing that an AWS shows, and how often it was asked. */
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
      action: 'DescribeServices',
      ask: async () => {
        aws.looks++
        return { value: aws.shown, at: performance.now() }
      },
      find: (seen) => {
        if (!seen) throw new NotFound('ServiceNotFound', 'gone')
        return seen
      },
      present: (found) => found,
      forget,
    },
    byteBudget,
  )
  return { aws, entry }
}

test('what is fresh is answered again without a look, until it is written to', async () => {
  const { aws, entry } = seenThing(60_000)
  const answer = await entry.read(whatever)
  assert.equal(answer.again?.(), answer)
  entry.invalidate()
  assert.equal(answer.again?.(), undefined)
  aws.shown = { name: 'www', desiredCount: 2 }
  assert.equal(String((await entry.read(whatever)).payload), '{"name":"www","desiredCount":2}')
  assert.equal(String(answer.again?.()?.payload), '{"name":"www","desiredCount":2}')
  assert.equal(aws.looks, 2)
})

test('nor is it once it is old, not there any more, or let go of for want of room', async () => {
  const old = seenThing(0)
  assert.equal((await old.entry.read(whatever)).again?.(), undefined)

  const gone = seenThing(60_000)
  const answer = await gone.entry.read(whatever)
  gone.aws.shown = undefined
  await assert.rejects(gone.entry.look(), NotFound)
  assert.throws(() => answer.again?.(), NotFound)

  const byteBudget = new ByteBudget(3_000)
  const first = await seenThing(60_000, byteBudget).entry.read(whatever)
  assert.equal(first.again?.(), first)
  const second = await seenThing(60_000, byteBudget).entry.read(whatever)
  assert.deepEqual([first.again?.(), second.again?.()], [undefined, second])
})

test('while it is looked at it stays, however little room there is', async () => {
  const byteBudget = new ByteBudget(0)
  let forgotten = 0
  const { entry } = seenThing(60_000, byteBudget, () => forgotten++)
  const other = seenThing(60_000, byteBudget).entry
  await entry.read(whatever)
  const looks = [entry.read({ maxAgeMs: 0 }), entry.look()]
  byteBudget.use({ isPinned: false, forget: () => {} }, 1)
  assert.equal(forgotten, 0, 'what is written meanwhile must reach it')
  await Promise.all(looks)
  const [one, two] = await Promise.all([entry.look(), other.look()])
  assert.deepEqual([one.found, two.found], [{ name: 'www' }, { name: 'www' }])
})

test('what is looked for and not there takes room like everything else', async () => {
  const byteBudget = new ByteBudget(3_000)
  let forgotten = 0
  const { aws, entry } = seenThing(60_000, byteBudget, () => forgotten++)
  aws.shown = undefined
  await assert.rejects(entry.look(), NotFound)
  byteBudget.use({ isPinned: false, forget: () => {} }, 3_000)
  assert.equal(forgotten, 1)
})
