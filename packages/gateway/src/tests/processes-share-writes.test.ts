/** Several processes on one PostgreSQL: the reads of all processes show a change that was made through one of them. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import pg from 'pg'
import { startEngineOverTcp } from '../testing/engine-over-tcp.ts'
import { skipWithoutPostgres, startPostgres, storeOn } from '../testing/postgres.ts'
import { startTestProgram, type TestProgram } from '../testing/program.ts'
import { until } from '../testing/until.ts'

/** No cached response expires during a test, so a read shows a write only because of a message of the other process. */
const freshMs = 600_000
const skip = skipWithoutPostgres
const postgres = skip ? undefined : await startPostgres()
// AWS shows writes only after this delay.
const { account } = await startEngineOverTcp({ consistencyDelayMs: 3_000 })

async function programOn(url: string): Promise<TestProgram> {
  return startTestProgram({
    accounts: [account('remote', { freshMs, budget: 'off' })],
    store: storeOn(url),
  })
}

const url = postgres?.newUrl() ?? ''
const [a, b] = skip ? [] : [await programOn(url), await programOn(url)]
after(() => postgres?.stop())

test('reads and lists of one process show a write of another at once, although AWS is late and caches are fresh', {
  skip,
}, async (t) => {
  const [here, there] = [a!.api, b!.api]
  await here.put('/remote/clusters/home', {})
  await here.post('/remote/taskdefs', { family: 'web', containerDefinitions: [{ name: 'web', image: 'nginx' }] })
  let stale = 0
  const tookMs: number[] = []
  for (let n = 0; n < 100; n++) {
    const [writer, reader] = n % 2 === 0 ? [here, there] : [there, here]
    const name = `s${n}`
    // The reader has a list in its cache when the writer creates the service.
    await reader.get('/remote/clusters/home/services?limit=1000')
    const begun = performance.now()
    const made = await writer.post('/remote/clusters/home/services', { name, taskDefinition: 'web', count: 0 })
    tookMs.push(performance.now() - begun)
    assert.equal(made.status, 201, made.text)
    const [seen, list] = await Promise.all([
      reader.get(`/remote/clusters/home/services/${name}`),
      reader.get('/remote/clusters/home/services?limit=1000'),
    ])
    if (seen.status !== 200 || !list.body.items.some((item: { name: string }) => item.name === name)) stale++
    const tags = { turn: String(n) }
    assert.equal((await writer.patch(`/remote/clusters/home/services/${name}`, { tags })).status, 200)
    if ((await reader.get(`/remote/clusters/home/services/${name}`)).body.tags?.turn !== String(n)) stale++
  }
  assert.equal(stale, 0)
  const [middle] = tookMs.sort((x, y) => x - y).slice(tookMs.length / 2)
  t.diagnostic(`a change takes ${Math.round(middle!)} ms`)
  assert.ok(middle! < 200, `a change takes ${middle} ms`)
})

test('a change too large for one notification reaches the other process complete', { skip }, async () => {
  const tags = Object.fromEntries(Array.from({ length: 45 }, (_, n) => [`tag-${n}`, 'x'.repeat(250)]))
  await a!.api.put('/remote/clusters/large', {})
  const changed = await a!.api.patch('/remote/clusters/large', { tags })
  assert.equal(changed.status, 200, changed.text)
  const { body } = await b!.api.get('/remote/clusters/large')
  assert.deepEqual(body.tags, tags)
})

test('a process that starts later shows earlier writes that AWS does not show yet', { skip }, async (t) => {
  await a!.api.put('/remote/clusters/early', {})
  const late = await programOn(url)
  // It must be closed also when this test fails, because the next test counts the connections of the processes.
  t.after(() => late.close())
  assert.equal((await late.api.get('/remote/clusters/early')).status, 200)
  const { body } = await late.api.get('/remote/clusters?limit=1000')
  assert.ok(body.items.some(({ name }: { name: string }) => name === 'early'))
})

test('a process that was disconnected from its peers shows their changes once it has reconnected', {
  skip,
}, async (t) => {
  const [here, there] = [a!.api, b!.api]
  await here.put('/remote/clusters/deaf', {})
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  t.after(() => client.end())
  const peerConnections = async () => {
    const { rows } = await client.query(
      `select 1 from pg_stat_activity where application_name = 'ecs-api peers' and datname = current_database()`,
    )
    return rows.length
  }
  for (let turn = 0; turn < 5; turn++) {
    await there.get('/remote/clusters/deaf')
    const { rowCount } = await client.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'ecs-api peers' and datname = current_database()`,
    )
    assert.equal(rowCount, 2)
    assert.equal((await here.patch('/remote/clusters/deaf', { tags: { turn: String(turn) } })).status, 200)
    const shows = async () => (await there.get('/remote/clusters/deaf')).body.tags?.turn === String(turn)
    await until(shows)
    // Both connections must be back before the next turn cuts them.
    await until(peerConnections, (count) => count === 2)
  }
})
