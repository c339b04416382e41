import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { openStore } from '../store/store.ts'
import { skipWithoutPostgres, startPostgres, storeOn } from '../testing/postgres.ts'
import { startTestProgram } from '../testing/program.ts'
import { IdempotencyKeys } from './idempotency.ts'

/** The options of a request with this `Idempotency-Key`. */
const key = (name: string, more: Record<string, string> = {}) => ({ headers: { 'idempotency-key': name, ...more } })
const web = { family: 'web', containerDefinitions: [{ name: 'web', image: 'nginx' }] }

const postgres = skipWithoutPostgres ? undefined : await startPostgres()
after(() => postgres?.stop())
const stores = [
  { name: 'SQLite', skip: false, store: () => ({ url: undefined, key: undefined }) },
  { name: 'PostgreSQL', skip: skipWithoutPostgres, store: () => storeOn(postgres?.newUrl() ?? '') },
]

for (const { name, skip, store } of stores) {
  describe(name, { skip }, async () => {
    const { api, newAccount, newToken } = await startTestProgram({ store: store() })

    test('every unsafe call accepts a key, and a repeat gets the first response again', async () => {
      const account = await newAccount()
      const calls = [
        () => api.post(`/${account}/clusters`, { name: 'prod' }, key('a')),
        () => api.put(`/${account}/clusters/other`, {}, key('b')),
        () => api.patch(`/${account}/clusters/other`, { tags: { a: '1' } }, key('c')),
        () => api.post(`/${account}/taskdefs`, web, key('d')),
        () =>
          api.post(`/${account}/clusters/prod/services`, { name: 'www', taskDefinition: 'web', count: 1 }, key('e')),
        () => api.post(`/${account}/clusters/prod/services/www/restart`, undefined, key('f')),
        () => api.post(`/${account}/clusters/prod/tasks`, { taskDefinition: 'web' }, key('g')),
        () => api.delete(`/${account}/clusters/other`, key('h')),
        () => api.delete(`/${account}/clusters/none`, key('i')),
      ]
      for (const call of calls) {
        const first = await call()
        assert.equal(first.headers['idempotent-replayed'], undefined)
        const again = await call()
        assert.equal(again.headers['idempotent-replayed'], 'true', again.text)
        assert.deepEqual(
          [again.status, again.text, again.headers.location],
          [first.status, first.text, first.headers.location],
        )
        assert.equal(again.headers['content-type'], first.headers['content-type'])
      }
      assert.equal((await api.get(`/${account}/taskdefs`)).body.items.length, 1)
      assert.equal((await api.get(`/${account}/clusters/prod/services/www/deployments`)).body.items.length, 2)
    })

    test('a replay shows the first response, whatever happened to the resource since', async () => {
      const account = await newAccount()
      const first = await api.post(`/${account}/clusters`, { name: 'prod' }, key('gone'))
      await api.delete(`/${account}/clusters/prod`)
      const again = await api.post(`/${account}/clusters`, { name: 'prod' }, key('gone'))
      assert.deepEqual([again.status, again.body], [201, first.body])
      assert.equal((await api.get(`/${account}/clusters/prod`)).status, 404)
    })

    test('another request under the same key gets a 409, and keys of different tokens are independent', async () => {
      const account = await newAccount()
      await api.post(`/${account}/clusters`, { name: 'prod' }, key('mine'))
      const others = [
        await api.post(`/${account}/clusters`, { name: 'other' }, key('mine')),
        await api.put(`/${account}/clusters/prod`, {}, key('mine')),
        await api.patch(`/${account}/clusters/prod`, { tags: { a: 'b' } }, key('mine', { 'if-match': '"x"' })),
      ]
      for (const { status, body } of others)
        assert.deepEqual([status, body.code], [409, 'IdempotencyConflict'], JSON.stringify(body))
      const token = await newToken({ name: 'second', role: 'operator' })
      const answer = await api.post(
        `/${account}/clusters`,
        { name: 'third' },
        key('mine', { authorization: `Bearer ${token}` }),
      )
      assert.equal(answer.status, 201, answer.text)
    })

    test('of concurrent requests with one key one is executed, and the others get a 409 with Retry-After', async () => {
      const account = await newAccount()
      await api.post(`/${account}/clusters`, { name: 'prod' })
      await api.post(`/${account}/taskdefs`, web)
      const run = () =>
        api.post(`/${account}/clusters/prod/tasks?wait=RUNNING`, { taskDefinition: 'web', count: 3 }, key('storm'))
      const answers = await Promise.all(Array.from({ length: 20 }, run))
      for (const { status, body, headers } of answers.filter((answer) => answer.status !== 201)) {
        assert.deepEqual([status, body.code, headers['retry-after']], [409, 'RequestInProgress', '1'])
      }
      assert.equal((await run()).status, 201)
      assert.equal((await api.get(`/${account}/tasks`)).body.items.length, 3)
    })

    test('a 403 is not stored under the key: the request succeeds with a permitted token', async () => {
      const account = await newAccount()
      const token = await newToken({ name: 'later-operator', role: 'viewer' })
      assert.equal(
        (await api.post(`/${account}/clusters`, { name: 'prod' }, key('early', { authorization: `Bearer ${token}` })))
          .status,
        403,
      )
      await api.delete('/tokens/later-operator')
      const better = await newToken({ name: 'later-operator', role: 'operator' })
      assert.equal(
        (await api.post(`/${account}/clusters`, { name: 'prod' }, key('early', { authorization: `Bearer ${better}` })))
          .status,
        201,
      )
    })
  })
}

test('a stored response is encrypted, so its environment values are unreadable in the database', async () => {
  const store = await openStore({ url: undefined, key: undefined, data: ':memory:' })
  after(() => store.close())
  const keys = new IdempotencyKeys({
    store,
    isAlive: async () => true,
    keptMiB: 64,
    now: Date.now,
    onUnexpectedError: (error) => assert.fail(String(error)),
  })
  const callerKey = { caller: 'portal', key: 'a' }
  const answer = { status: 201, headers: {}, body: '{"environment":{"PASSWORD":"a secret"}}' }
  const first = await keys.begin(callerKey, 'a request')
  assert.ok('storeResponse' in first)
  await first.storeResponse(answer)
  const { body } = await store.db.selectFrom('idempotency_keys').select('body').executeTakeFirstOrThrow()
  assert.doesNotMatch(String(body), /environment|secret/)
  assert.deepEqual(await keys.begin(callerKey, 'a request'), answer)
  // An earlier version stored responses without encryption.
  await store.db.updateTable('idempotency_keys').set({ body: answer.body }).execute()
  assert.deepEqual(await keys.begin(callerKey, 'a request'), answer)
})
