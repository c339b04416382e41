/**
 * A PostgreSQL that no longer responds: no request waits for it for long, and each request that needs it gets a problem
 * response.
 */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import pg from 'pg'
import { removeOldAuditEntries } from '../store/audit-records.ts'
import { exportStore } from '../store/move.ts'
import { openStore } from '../store/store.ts'
import { listTokenRows } from '../store/token-records.ts'
import { skipWithoutPostgres, startPostgres, storeOn } from '../testing/postgres.ts'
import { startPostgresProxy } from '../testing/postgres-proxy.ts'
import { startTestProgram } from '../testing/program.ts'

const skip = skipWithoutPostgres
const postgres = skip ? undefined : await startPostgres()
const proxy = postgres && (await startPostgresProxy(postgres.newUrl()))
const program = proxy && (await startTestProgram({ store: storeOn(proxy.url) }))
after(async () => {
  await proxy?.close()
  await postgres?.stop()
})

test('on a dead network every request gets a 503 with Retry-After, and succeeds once the network is back', {
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
  // More requests than the pool has connections.
  const all = () => Promise.all([...requests, ...requests, ...requests].map((send) => send()))
  const withheld = proxy!.withhold('ecs-api')
  const begunAt = performance.now()
  for (const { status, body, headers } of await all())
    assert.deepEqual([status, body.code, Number(headers['retry-after']) > 0], [503, 'StoreUnavailable', true])
  const tookMs = performance.now() - begunAt
  t.diagnostic(`${Math.round(tookMs)} ms`)
  assert.ok(tookMs < 14_000, `it took ${tookMs} ms`)
  withheld.end()
  for (const send of requests) {
    const { status, text } = await send()
    assert.ok(status < 300, text)
  }
  assert.deepEqual(
    (await api.get('/local/clusters')).body.items.map(({ name }: { name: string }) => name),
    ['keyed', 'plain'],
  )
})

test('a keyed change whose outcome cannot be stored gets its response and is not repeated', { skip }, async (t) => {
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
  assert.equal((await put('unkept')).status, 503, 'the store does not have the outcome of the first request yet')
  await client.query('drop trigger refused on idempotency_keys')
  const again = await put('unkept')
  assert.deepEqual([again.status, again.headers['idempotent-replayed']], [201, 'true'])
})

test('a key stored by a request that lost the store’s response can be used again', { skip }, async (t) => {
  const { api } = program!
  const client = new pg.Client(proxy!.url)
  await client.connect()
  t.after(() => client.end())
  const put = () => api.put('/local/clusters/lost', {}, { headers: { 'idempotency-key': 'lost' } })
  await api.get('/tokens')
  const withheld = proxy!.withhold('ecs-api')
  assert.equal((await put()).status, 503)
  withheld.end()
  assert.equal((await client.query("select 1 from idempotency_keys where key = 'lost'")).rowCount, 1)
  const { status, text } = await put()
  assert.equal(status, 201, text)
})

test('exports and clean-ups of whole tables may wait for PostgreSQL longer than requests', { skip }, async () => {
  const url = postgres!.newUrl()
  const store = await openStore({ url, key: 'a key', data: ':memory:' })
  const client = new pg.Client(url)
  await client.connect()
  await client.query('begin; lock table tokens, audit in access exclusive mode')
  const exporting = exportStore(store)
  assert.match((await exporting.next()).value, /^{"format"/)
  const wholeTables = Promise.all([exporting.next(), removeOldAuditEntries(store, new Date('2020'))])
  await assert.rejects(listTokenRows(store), { code: 'StoreUnavailable' })
  await client.query('commit')
  assert.equal((await wholeTables)[0].done, true)
  await client.end()
  await store.close()
})

test('an error that PostgreSQL reports for a statement keeps its own code', { skip }, async () => {
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
