/**
 * A request with an `Idempotency-Key` whose process was wrongly considered dead: a second process has taken the key
 * over, and both report the outcome of their attempts.
 */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { findIdempotencyKey, removeOldKey } from '../store/idempotency-records.ts'
import { openStore } from '../store/store.ts'
import { type Attempt, IdempotencyKeys, type StoredResponse } from './idempotency.ts'

const callerKey = { caller: 'someone', key: 'a' }
const made: StoredResponse = { status: 201, headers: {}, body: '{"name":"made"}' }
const unknown: StoredResponse = { status: 409, headers: {}, body: '{"code":"OutcomeUnknown"}' }

/** Two processes on one store that try under the same key; only the second is considered alive. */
async function takenOver(t: TestContext) {
  const store = await openStore({ url: undefined, key: 'a key', data: ':memory:' })
  t.after(() => store.close())
  const clock = { now: Date.now() }
  const keysOf = (processId: string) =>
    new IdempotencyKeys({
      keptMiB: 64,
      store: { ...store, processId },
      isAlive: async (id) => id === 'second',
      now: () => clock.now,
      onUnexpectedError: (error) => {
        throw error
      },
    })
  const begin = (process: string) => keysOf(process).begin(callerKey, 'the request')
  const first = (await begin('first')) as Attempt
  const second = (await begin('second')) as Attempt
  assert.notEqual(second.firstTryAt, undefined)
  return { store, clock, begin, first, second }
}

test('when the first attempt fails late, the second attempt still holds the key', async (t) => {
  for (const mayHaveTakenEffect of [false, true]) {
    const { begin, first, second } = await takenOver(t)
    await first.recordFailure(mayHaveTakenEffect)
    await assert.rejects(begin('third'), { code: 'RequestInProgress' })
    await second.storeResponse(made)
    assert.deepEqual(await begin('third'), { ...made, status: 201 })
  }
})

test('the first stored response counts, whichever process stores it', async (t) => {
  const { begin, first, second } = await takenOver(t)
  await second.storeResponse(unknown)
  await first.storeResponse(made)
  assert.equal(((await begin('third')) as StoredResponse).status, 409)

  const again = await takenOver(t)
  await again.first.storeResponse(made)
  assert.equal(((await again.begin('third')) as StoredResponse).status, 201)
  await again.second.storeResponse(unknown)
  await again.second.recordFailure(true)
  assert.equal(((await again.begin('third')) as StoredResponse).status, 201)
})

test('an expired key is removed only if it is unchanged: another process may have begun anew', async (t) => {
  const { store, clock, begin, first } = await takenOver(t)
  await first.storeResponse(made)
  clock.now += 25 * 3_600_000
  const old = await findIdempotencyKey(store, callerKey)
  assert.equal(((await begin('second')) as Attempt).firstTryAt, undefined)
  await removeOldKey(store, old!)
  await assert.rejects(begin('third'), { code: 'RequestInProgress' })
})
