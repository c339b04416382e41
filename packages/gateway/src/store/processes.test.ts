import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Processes } from './processes.ts'
import { openStore, type Store } from './store.ts'
import { storeUnavailable } from './unavailable.ts'

test('after losing the store, a process counts no other one as dead before all had time for a heartbeat', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] })
  const store = await openStore({ url: undefined, key: 'a key', data: ':memory:' })
  t.after(() => store.close())
  let isUnreachable = false
  const storeWithOutage: Store = {
    ...store,
    isShared: true,
    get db() {
      if (isUnreachable) throw storeUnavailable(new Error('unreachable'))
      return store.db
    },
  }
  const clock = { now: 0 }
  const failedHeartbeat = Promise.withResolvers<unknown>()
  const processes = new Processes(storeWithOutage, failedHeartbeat.resolve, () => clock.now)
  await processes.open()
  t.after(() => processes.close())
  await store.db
    .insertInto('processes')
    .values({ id: 'silent', seen_at: new Date(Date.now() - 60_000).toISOString() })
    .execute()
  assert.equal(await processes.isAlive('silent'), false)
  isUnreachable = true
  t.mock.timers.tick(2_000)
  await failedHeartbeat.promise
  isUnreachable = false
  assert.equal(await processes.isAlive('silent'), true)
  clock.now = 10_001
  assert.equal(await processes.isAlive('silent'), false)
})
