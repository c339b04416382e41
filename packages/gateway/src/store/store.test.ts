import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { cpSync, mkdirSync, mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { sql } from 'kysely'
import { skipWithoutPostgres, startPostgres } from '../testing/postgres.ts'
import { startGatewayProcess } from '../testing/process.ts'
import { addIdempotencyKey } from './idempotency-records.ts'
import { exportStore, importStore } from './move.ts'
import { openStore, type Store } from './store.ts'

const postgres = skipWithoutPostgres ? undefined : await startPostgres()
after(() => postgres?.stop())
const launcher = fileURLToPath(new URL('../../../cli/bin/ecs-api.mjs', import.meta.url))

function temporaryFolder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'ecs-api-store-'))
  t.after(() => rmSync(path, { recursive: true }))
  return path
}
/** Runs `ecs-api store ARGS` in the folder. */
const runStoreCommand = (
  cwd: string,
  args: string[],
  { input = '', env = {} }: { input?: string; env?: Record<string, string> } = {},
) =>
  spawnSync(process.execPath, [launcher, 'store', ...args], {
    cwd,
    input,
    encoding: 'utf8',
    timeout: 30_000,
    env: { PATH: process.env.PATH, ...env },
  })

test('a store of a newer version is rejected, and only its owner may read the files', async (t) => {
  const data = temporaryFolder(t)
  const settings = { url: undefined, key: undefined, data }
  const store = await openStore(settings)
  for (const file of ['ecs-api.db', 'ecs-api.lock', 'store.key'])
    assert.equal(statSync(join(data, file)).mode & 0o777, 0o600, file)
  await sql`insert into kysely_migration (name, timestamp) values ('9999-from-the-future', '2030-01-01')`.execute(
    store.db,
  )
  await store.close()
  await assert.rejects(openStore(settings), /written by a newer version of this program \(9999-from-the-future\)/)
})

test('an empty key file, left by a crash, is replaced by a new key', async (t) => {
  const data = temporaryFolder(t)
  writeFileSync(join(data, 'store.key'), '', { mode: 0o600 })
  const settings = { url: undefined, key: undefined, data }
  const [first, again] = [await openStore(settings).then(hashSample), await openStore(settings).then(hashSample)]
  assert.equal(first, again)
  assert.notEqual(first, createHmac('sha256', '').update('a request').digest('hex'))
  assert.equal(statSync(join(data, 'store.key')).mode & 0o777, 0o600)
})

async function hashSample({ keyedHash, close }: Store): Promise<string> {
  await close()
  return keyedHash('a request')
}

test('one process at a time can open a data folder', async (t) => {
  const settings = { url: undefined, key: undefined, data: temporaryFolder(t) }
  const store = await openStore(settings)
  const stop = `Stop it \\(kill ${process.pid}\\)`
  await assert.rejects(openStore(settings), new RegExp(`is in use by the process ${process.pid}\\. ${stop}, or`))
  await store.close()
  await (await openStore(settings)).close()
})

test('a damaged lock file gets an error of its own, and a database that cannot be opened leaves no lock', async (t) => {
  const data = temporaryFolder(t)
  const settings = { url: undefined, key: undefined, data }
  mkdirSync(join(data, 'ecs-api.db'))
  await assert.rejects(openStore(settings), /EISDIR/)
  rmSync(join(data, 'ecs-api.db'), { recursive: true })
  await (await openStore(settings)).close()
  writeFileSync(join(data, 'ecs-api.lock'), 'no database'.repeat(100))
  await assert.rejects(openStore(settings), /ecs-api\.lock: file is not a database/)
})

test('a damaged database is rejected with its remedy: after it is moved away, a new one is created', async (t) => {
  const data = temporaryFolder(t)
  const settings = { url: undefined, key: undefined, data }
  await (await openStore(settings)).close()
  const file = join(data, 'ecs-api.db')
  writeFileSync(file, 'no database'.repeat(1000))
  await assert.rejects(openStore(settings), {
    message: `${file}: file is not a database. Restore it from a backup, or move it away: the next start then creates a new, empty one.`,
  })
  renameSync(file, `${file}.damaged`)
  await (await openStore(settings)).close()
})

test('processes that start together on a new PostgreSQL agree on its tables', {
  skip: skipWithoutPostgres,
}, async () => {
  const settings = { url: postgres!.newUrl(), key: 'a key', data: ':memory:' }
  const stores = await Promise.all(Array.from({ length: 4 }, () => openStore(settings)))
  for (const { db } of stores) assert.deepEqual(await db.selectFrom('tokens').selectAll().execute(), [])
  assert.equal(new Set(stores.map(({ processId }) => processId)).size, 4)
  await Promise.all(stores.map((store) => store.close()))
})

test('a connection that PostgreSQL ends while in use fails only its own query', {
  skip: skipWithoutPostgres,
}, async () => {
  const store = await openStore({ url: postgres!.newUrl(), key: 'a key', data: ':memory:' })
  const ended = store.db.connection().execute(async (lent) => {
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(lent)
    await sql`select pg_terminate_backend(${rows[0]!.pid}, 5000)`.execute(store.db)
    // Long enough for the last message of the connection to arrive.
    await sql`select pg_sleep(0.1)`.execute(store.db)
    await sql`select 1`.execute(lent)
  })
  await assert.rejects(ended)
  await sql`select 1`.execute(store.db)
  await store.close()
})

test('an export is imported into another folder with all rows, and into a store with another key without encrypted ones', {
  skip: skipWithoutPostgres,
}, async (t) => {
  const here = temporaryFolder(t)
  const portal = { name: 'portal', role: 'viewer' }
  const service = await startGatewayProcess({ folder: here })
  const call = async (method: string, path: string, body: object) => {
    const headers = {
      authorization: `Bearer ${service.token}`,
      'content-type': 'application/json',
      'idempotency-key': 'moved',
    }
    return (await fetch(`${service.url}/v1/ecs${path}`, { method, headers, body: JSON.stringify(body) })).json()
  }
  const { token } = (await call('POST', '/tokens', portal)) as { token: string }
  assert.match(runStoreCommand(here, ['export']).stderr, /is in use by the process \d+\. Stop it \(kill \d+\)/)
  service.child.kill('SIGTERM')
  await service.exit

  const { status, stdout } = runStoreCommand(here, ['export'])
  assert.equal(status, 0)
  assert.ok(!stdout.includes(token))
  const there = temporaryFolder(t)
  const url = postgres!.newUrl()
  writeFileSync(
    join(there, 'ecs-api.yaml'),
    `store: ${url}\nstoreKey: env:KEY\naccounts: { a: { region: us-east-1 } }\n`,
  )
  const env = { KEY: 'another key' }
  const into = runStoreCommand(there, ['import'], { input: stdout, env })
  assert.equal(into.status, 0, into.stderr)
  assert.match(
    into.stderr,
    /^2 rows imported\.\n1 rows \(idempotency keys, stopped tasks\) were left out: this store has another key/,
  )
  assert.match(
    runStoreCommand(there, ['import'], { input: stdout, env }).stderr,
    /The store is not empty: tokens has rows/,
  )
  assert.deepEqual(
    rowsOf(runStoreCommand(there, ['export'], { env }).stdout),
    rowsOf(stdout).filter((line) => !line.includes('idempotency_keys')),
  )

  const elsewhere = temporaryFolder(t)
  mkdirSync(join(elsewhere, 'data'))
  cpSync(join(here, 'data', 'store.key'), join(elsewhere, 'data', 'store.key'))
  assert.match(runStoreCommand(elsewhere, ['import'], { input: stdout }).stderr, /^3 rows imported\.\n$/)
  const moved = await startGatewayProcess({ folder: elsewhere, env: { ECS_API_TOKEN: service.token } })
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': 'moved' }
  assert.equal((await fetch(`${moved.url}/v1/ecs/accounts`, { headers })).status, 200)
  const asAdmin = { ...headers, authorization: `Bearer ${service.token}` }
  const again = await fetch(`${moved.url}/v1/ecs/tokens`, {
    method: 'POST',
    headers: asAdmin,
    body: JSON.stringify(portal),
  })
  assert.deepEqual([again.status, again.headers.get('idempotent-replayed')], [201, 'true'])
  moved.child.kill('SIGTERM')
  await moved.exit
})

test('rows added or removed during an export from PostgreSQL cause no loss and no duplicates', {
  skip: skipWithoutPostgres,
}, async () => {
  const settings = () => ({ url: postgres!.newUrl(), key: 'a key', data: ':memory:' })
  const [from, to] = [await openStore(settings()), await openStore(settings())]
  const row = (key: string) => ({
    caller: 'someone',
    key,
    request_hash: '',
    owner: from.processId,
    begun_at: '2026-01-01T00:00:00.000Z',
  })
  const keys = Array.from({ length: 1_200 }, (_, i) => `k-${String(i).padStart(4, '0')}`)
  await from.db
    .insertInto('idempotency_keys')
    .values(keys.map((key) => ({ ...row(key), is_open: 0 })))
    .execute()
  const lines: string[] = []
  for await (const line of exportStore(from)) {
    lines.push(line)
    if (line.includes('"k-0100"')) await addIdempotencyKey(from, row('a-new'))
    if (line.includes('"k-0700"')) await from.db.deleteFrom('idempotency_keys').where('key', '<', 'k-0050').execute()
  }
  async function* again() {
    yield* lines
  }
  assert.deepEqual(await importStore(to, again()), { importedRows: 1_200, skippedRows: 0 })
  await Promise.all([from.close(), to.close()])
})

test('an invalid export is rejected, and no row of it stays', async (t) => {
  const here = temporaryFolder(t)
  const good = runStoreCommand(here, ['export']).stdout
  for (const [input, reason] of [
    ['', /nothing to import/],
    ['{"format": 7}\n', /not an export that this version reads/],
    [`${good}not json\n`, /Line 2 is not JSON/],
    [`${good}{"table": "processes", "row": {}}\n`, /Line 2 is no row of the store/],
  ] as const) {
    const { status, stderr } = runStoreCommand(here, ['import'], { input })
    assert.equal(status, 11)
    assert.match(stderr, reason)
  }
  assert.equal(runStoreCommand(here, ['export']).stdout, good)
})

function rowsOf(text: string): string[] {
  return text.split('\n').slice(1).filter(Boolean)
}

test('a new SQLite database has the tables that Kysely’s Migrator creates', async (t) => {
  const [created, migrated] = [temporaryFolder(t), temporaryFolder(t)]
  // A database that is not empty is the Migrator's.
  const older = new DatabaseSync(join(migrated, 'ecs-api.db'))
  older.exec('create table other (id text)')
  older.close()
  const schemaOf = async (data: string) => {
    const store = await openStore({ url: undefined, key: undefined, data })
    const query = sql<{ name: string; sql: string | null }>`select name, sql from sqlite_master order by name`
    const { rows } = await query.execute(store.db)
    const migrations = await sql<{ name: string }>`select name from kysely_migration order by timestamp`.execute(
      store.db,
    )
    await store.close()
    const schema = rows.filter(({ name }) => !/^other|^kysely|^sqlite_autoindex_kysely/.test(name))
    return JSON.stringify([schema, migrations.rows])
  }
  assert.equal(await schemaOf(created), await schemaOf(migrated))
})
