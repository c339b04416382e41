import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { openStore } from '../store/store.ts'
import { addToken, findTokenById } from '../store/token-records.ts'
import { newTokenValue } from './token-value.ts'
import { Tokens } from './tokens.ts'

test('requests with made-up tokens do not evict valid tokens from the cache', async () => {
  const store = await openStore({ url: undefined, key: undefined, data: ':memory:' })
  after(() => store.close())
  const clock = { now: Date.parse('2026-11-27T12:00:00.000Z') }
  const openTokens = () =>
    new Tokens({
      store,
      adminToken: 'admin',
      now: () => clock.now,
      onUnexpectedError: (error) => assert.fail(String(error)),
      broadcast: () => {},
    })
  const tokens = openTokens()
  const { id, value, hash } = newTokenValue()
  const row = {
    id,
    name: 'portal',
    hash,
    role: 'viewer',
    permissions: null,
    accounts: null,
    clusters: null,
    task_definitions: null,
    created_by: 'admin',
    expires_at: null,
    last_used_at: null,
  }
  await addToken(store, { ...row, created_at: new Date(clock.now).toISOString() })
  assert.equal((await tokens.authenticate(value))?.name, 'portal')
  for (let n = 0; n < 20; n++) {
    const madeUp = Array.from({ length: 550 }, () => tokens.authenticate(newTokenValue().value))
    assert.ok((await Promise.all(madeUp)).every((caller) => caller === undefined))
  }
  assert.equal(tokens.cachedCaller(value)?.name, 'portal', 'the token is still cached')

  // A recent use need not be stored again when another process looks the token up.
  clock.now += 30_000
  assert.equal((await openTokens().authenticate(value))?.name, 'portal')
  assert.equal((await findTokenById(store, id))?.last_used_at, '2026-11-27T12:00:00.000Z')
})
