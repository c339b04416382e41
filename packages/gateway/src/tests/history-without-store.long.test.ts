/** The history of tasks and events while the store does not respond. */
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import pg from 'pg'
import { startEngineOverTcp } from '../testing/engine-over-tcp.ts'
import { type Postgres, skipWithoutPostgres, startPostgres } from '../testing/postgres.ts'
import { newFolder, startCli } from '../testing/process.ts'

const options = { skip: skipWithoutPostgres }

/** Starts a gateway on a PostgreSQL, with a service of one task. */
async function gatewayOnPostgres(t: TestContext) {
  const postgres = await startPostgres()
  const store = postgres.newUrl()
  const { folder, remove } = await newFolder()
  t.after(remove)
  const aws = await startEngineOverTcp()
  const { mode: _, name, ...remote } = aws.account('remote', { budget: 'off' })
  const { secretAccessKey, ...credentials } = remote.credentials
  const accounts = { [name]: { ...remote, credentials: { ...credentials, secretAccessKey: 'env:AWS_KEY' } } }
  await writeFile(
    join(folder, 'ecs-api.yaml'),
    JSON.stringify({ store, storeKey: 'env:KEY', token: 'env:TOKEN', accounts }),
  )
  const { waitForOutput, child, exit } = startCli(['serve'], {
    folder,
    env: { KEY: 'key', TOKEN: 'token', AWS_KEY: String(secretAccessKey) },
  })
  t.after(async () => {
    child.kill('SIGKILL')
    await exit
  })
  const [, url] = await waitForOutput(/^(http:\S+)\n/m)
  const headers = { authorization: 'Bearer token', 'cache-control': 'no-cache' }
  const send = async (method: string, path: string, body?: object) => {
    const sent = body && { body: JSON.stringify(body), headers: { ...headers, 'content-type': 'application/json' } }
    const answer = await fetch(`${url}/v1/ecs/remote${path}`, { method, headers, ...sent })
    // biome-ignore lint/suspicious/noExplicitAny: a test asserts the body of a response, field by field
    return { status: answer.status, body: (await answer.json()) as any }
  }
  await send('POST', '/clusters', { name: 'prod' })
  await send('POST', '/taskdefs', { family: 'web', containerDefinitions: [{ name: 'web', image: 'nginx' }] })
  await send('POST', '/clusters/prod/services?wait=STABLE', { name: 'www', taskDefinition: 'web', count: 1 })
  return { postgres, store, send }
}

test(
  'without the store, data that ECS still has is returned, and a request for data only in the store gets a 503',
  options,
  async (t) => {
    const { postgres, send } = await gatewayOnPostgres(t)
    await postgres.stop()
    const events = '/clusters/prod/services/www/events'
    const { status, body } = await send('GET', events)
    assert.deepEqual([status, body.items.length > 0], [200, true])
    for (const path of [
      `${events}?cursor=${body.nextCursor}`,
      `/clusters/prod/tasks/${'0'.repeat(32)}`,
      '/clusters/prod/tasks?status=ALL',
    ]) {
      const answer = await send('GET', path)
      assert.deepEqual([answer.status, answer.body.code], [503, 'StoreUnavailable'], path)
    }
    const tasks = await send('GET', '/clusters/prod/tasks')
    assert.deepEqual([tasks.status, tasks.body.items.length], [200, 1])
    assert.equal((await send('GET', '/clusters/prod/tasks/malformed')).status, 404)
  },
)

/** Connects to the store. At the end of the test the connection is closed and the PostgreSQL is stopped. */
async function connectUntilEnd(t: TestContext, postgres: Postgres, store: string): Promise<pg.Client> {
  const client = new pg.Client(store)
  await client.connect()
  t.after(async () => {
    await client.end()
    await postgres.stop()
  })
  return client
}

test('a store that hangs does not block requests for long', options, async (t) => {
  const { postgres, store, send } = await gatewayOnPostgres(t)
  const client = await connectUntilEnd(t, postgres, store)
  await client.query('begin; lock table service_events, stopped_tasks in access exclusive mode')
  const { status, body } = await send('GET', '/clusters/prod/services/www/events')
  assert.deepEqual([status, body.items.length > 0, typeof body.nextCursor], [200, true, 'string'])
  assert.equal((await send('GET', '/clusters/prod/tasks?status=ALL')).status, 503)
  const { rows } = await client.query(
    "select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like '%service_events%'",
  )
  assert.ok(rows.length > 0, 'the query of the store is still waiting')
  await client.query('commit')
})

test('an event that could not be stored is stored later', options, async (t) => {
  const { postgres, store, send } = await gatewayOnPostgres(t)
  const client = await connectUntilEnd(t, postgres, store)
  const service = '/clusters/prod/services/www'
  const eventIds = async () => (await send('GET', service)).body.events.map(({ id }: { id: string }) => id)
  const storedIds = async () => (await client.query('select id from service_events')).rows.map(({ id }) => id)
  await eventIds()
  const waiting =
    "from pg_stat_activity where wait_event_type = 'Lock' and query like '%service_events%' and pid <> pg_backend_pid()"
  await client.query('begin; lock table service_events in exclusive mode')
  await send('PATCH', `${service}?wait=STABLE`, { count: 2 })
  await eventIds()
  // A write fails after it has waited five seconds, and only a later read queues its events again.
  while ((await client.query(`select 1 ${waiting}`)).rowCount === 0) await eventIds()
  await send('PATCH', `${service}?wait=STABLE`, { count: 3 })
  const seen = await eventIds()
  await client.query(`select pg_cancel_backend(pid) ${waiting}`)
  await client.query('commit')
  while (!(await storedIds()).includes(seen[0])) await eventIds()
  await eventIds()
  // A read of the history waits for the queued writes.
  await send('GET', `${service}/events`)
  const kept = new Set(await storedIds())
  assert.deepEqual(
    seen.filter((id: string) => !kept.has(id)),
    [],
  )
})
