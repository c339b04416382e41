import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Account } from '../aws/account.ts'
import { NotFound } from '../problems/problem.ts'
import { Memory } from './byte-budget.ts'
import { type Sight, SightOf } from './entry.ts'

const whatever = { maxAgeMs: Number.POSITIVE_INFINITY }

/** A thing that an AWS shows, and how often it was asked. */
function seenThing(freshMs: number, memory = new Memory(1e6), forget = () => {}) {
  const aws: { shown: object | undefined; looks: number } = { shown: { name: 'www' }, looks: 0 }
  const account = {
    freshMs,
    asking: () => ({ urgency: 'read', caller: '' }),
    budget: { delayMs: () => 0 },
  } as unknown as Account
  const sight: Sight = new SightOf(
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
    memory,
  )
  return { aws, sight }
}

test('what is fresh is answered again without a look, until it is written to', async () => {
  const { aws, sight } = seenThing(60_000)
  const view = await sight.read(whatever)
  assert.equal(view.again?.(), view)
  sight.touch()
  assert.equal(view.again?.(), undefined)
  aws.shown = { name: 'www', desiredCount: 2 }
  assert.equal(String((await sight.read(whatever)).payload), '{"name":"www","desiredCount":2}')
  assert.equal(String(view.again?.()?.payload), '{"name":"www","desiredCount":2}')
  assert.equal(aws.looks, 2)
})

test('nor is it once it is old, not there any more, or let go of for want of room', async () => {
  const old = seenThing(0)
  assert.equal((await old.sight.read(whatever)).again?.(), undefined)

  const gone = seenThing(60_000)
  const view = await gone.sight.read(whatever)
  gone.aws.shown = undefined
  await assert.rejects(gone.sight.look(), NotFound)
  assert.throws(() => view.again?.(), NotFound)

  const memory = new Memory(3_000)
  const first = await seenThing(60_000, memory).sight.read(whatever)
  assert.equal(first.again?.(), first)
  const second = await seenThing(60_000, memory).sight.read(whatever)
  assert.deepEqual([first.again?.(), second.again?.()], [undefined, second])
})

test('while it is looked at it stays, however little room there is', async () => {
  const memory = new Memory(0)
  let forgotten = 0
  const { sight } = seenThing(60_000, memory, () => forgotten++)
  const other = seenThing(60_000, memory).sight
  await sight.read(whatever)
  const looks = [sight.read({ maxAgeMs: 0 }), sight.look()]
  memory.use({ isPinned: false, forget: () => {} }, 1)
  assert.equal(forgotten, 0, 'what is written meanwhile must reach it')
  await Promise.all(looks)
  const [one, two] = await Promise.all([sight.look(), other.look()])
  assert.deepEqual([one.found, two.found], [{ name: 'www' }, { name: 'www' }])
})

test('what is looked for and not there takes room like everything else', async () => {
  const memory = new Memory(3_000)
  let forgotten = 0
  const { aws, sight } = seenThing(60_000, memory, () => forgotten++)
  aws.shown = undefined
  await assert.rejects(sight.look(), NotFound)
  memory.use({ isPinned: false, forget: () => {} }, 3_000)
  assert.equal(forgotten, 1)
})
