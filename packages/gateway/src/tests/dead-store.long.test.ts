/** A PostgreSQL that does not answer any more: nobody waits for it for long, and who asked is told. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import pg from 'pg'
import { removeOldEntries } from '../store/audit-records.ts'
import { exported } from '../store/move.ts'
import { openStore } from '../store/store.ts'
import { allTokens } from '../store/token-records.ts'
import { startPostgres, withoutPostgres } from '../testing/postgres.ts'
import { postgresProxy } from '../testing/postgres-proxy.ts'
import { testProgram } from '../testing/program.ts'

const skip = withoutPostgres
const postgres = skip ? undefined : await startPostgres()
const proxy = postgres && (await postgresProxy(postgres.newUrl()))
const program = proxy && (await testProgram({}, [], { url: proxy.url, key: 'a key' }))
after(async () => {
  await proxy?.close()
  await postgres?.stop()
})

test('on a dead network every request ends with a 503 that says when to come again, and after it all goes on', {
  skip,
}, async (t) => {
  const { api, newToken } = program!
  const bearer = { headers: { authorization: `Bearer ${await newToken({ name: 'portal', role: 'viewer' })}` } }
  const requests = [
    () => api.get('/accounts', bearer),
    () => api.get('/tokens'),
    () => api.get('/tokens/portal'),
    () => api.get('/audit'),
    () => api.put('/local/clusters/plain', {}),
    () => api.put('/local/clusters/keyed', {}, { headers: { 'idempotency-key': 'dead' } }),
  ]
  // More than there are connections.
  const all = () => Promise.all([...requests, ...requests, ...requests].map((ask) => ask()))
  const silence = proxy!.silence('ecs-api')
  const begunAt = performance.now()
  for (const { status, body, headers } of await all())
    assert.deepEqual([status, body.code, Number(headers['retry-after']) > 0], [503, 'StoreUnavailable', true])
  const tookMs = performance.now() - begunAt
  t.diagnostic(`${Math.round(tookMs)} ms`)
  assert.ok(tookMs < 14_000, `it took ${tookMs} ms`)
  silence.end()
  for (const ask of requests) {
    const { status, text } = await ask()
    assert.ok(status < 300, text)
  }
  assert.deepEqual(
    (await api.get('/local/clusters')).body.items.map(({ name }: { name: string }) => name),
    ['keyed', 'plain'],
  )
})

test('a keyed change whose answer could not be kept is answered, and is not made again', { skip }, async (t) => {
  const { api } = program!
  const client = new pg.Client(proxy!.url)
  await client.connect()
  t.after(() => client.end())
  const put = (name: string) => api.put(`/local/clusters/${name}`, {}, { headers: { 'idempotency-key': name } })
  await client.query(
    "create function refuse() returns trigger language plpgsql as $$ begin raise 'no space left' using errcode = '53100'; end $$",
  )
  await client.query('create trigger refused before update on idempotency_keys execute function refuse()')
  assert.equal((await put('unkept')).status, 201)
  assert.equal((await put('unkept')).status, 503, 'what came of the first is not known to the store yet')
  await client.query('drop trigger refused on idempotency_keys')
  const again = await put('unkept')
  assert.deepEqual([again.status, again.headers['idempotent-replayed']], [201, 'true'])
})

test('a key that reached the store, while the word of it was lost, can be used', { skip }, async (t) => {
  const { api } = program!
  const client = new pg.Client(proxy!.url)
  await client.connect()
  t.after(() => client.end())
  const put = () => api.put('/local/clusters/lost', {}, { headers: { 'idempotency-key': 'lost' } })
  await api.get('/tokens')
  const silence = proxy!.silence('ecs-api')
  assert.equal((await put()).status, 503)
  silence.end()
  assert.equal((await client.query("select 1 from idempotency_keys where key = 'lost'")).rowCount, 1)
  const { status, text } = await put()
  assert.equal(status, 201, text)
})

test('what goes through whole tables may take longer than a request waits', { skip }, async () => {
  const url = postgres!.newUrl()
  const store = await openStore({ url, key: 'a key', data: ':memory:' })
  const client = new pg.Client(url)
  await client.connect()
  await client.query('begin; lock table tokens, audit in access exclusive mode')
  const exporting = exported(store)
  assert.match((await exporting.next()).value, /^{"format"/)
  const taken = Promise.all([exporting.next(), removeOldEntries(store, new Date('2020'))])
  await assert.rejects(allTokens(store), { code: 'StoreUnavailable' })
  await client.query('commit')
  assert.equal((await taken)[0].done, true)
  await client.end()
  await store.close()
})

test('what PostgreSQL refuses for a reason stays what it is', { skip }, async () => {
  const store = await openStore({ url: postgres!.newUrl(), key: 'a key', data: ':memory:' })
  const begun = { caller: 'me', key: 'k', request_hash: '', owner: '', begun_at: '' }
  const add = () =>
    store.db
      .insertInto('idempotency_keys')
      .values({ ...begun, is_open: 0 })
      .execute()
  await add()
  await assert.rejects(add(), { code: '23505' })
  await store.close()
})
