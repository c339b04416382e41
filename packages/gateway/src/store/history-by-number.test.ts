import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, type TestContext, test } from 'node:test'
import { skipWithoutPostgres, startPostgres } from '../testing/postgres.ts'
import { addStoppedTasks, listStoppedTasks } from './history-records.ts'
import { migrations } from './migrations.ts'
import { openStore, type Store, type StoreSettings } from './store.ts'

const postgres = skipWithoutPostgres ? undefined : await startPostgres()
after(() => postgres?.stop())

function temporaryFolder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'ecs-api-store-'))
  t.after(() => rmSync(path, { recursive: true }))
  return path
}

/** Returns the store to the state before the migration `first`. */
async function undoMigrationsFrom({ db }: Store, first: string): Promise<void> {
  const names = Object.keys(migrations).filter((name) => name >= first)
  await db
    .deleteFrom('kysely_migration' as never)
    .where('name' as never, 'in', names as never)
    .execute()
  for (const statement of names.flatMap((name) => migrations[name]!.statements).reverse()) {
    const table = /^create table (\w+)/.exec(statement)?.[1]
    const [, changed, column] = /^alter table (\w+) add column (\w+)/.exec(statement) ?? []
    if (table) await db.schema.dropTable(table).execute()
    else if (changed && column) await db.schema.alterTable(changed).dropColumn(column).execute()
    else await db.schema.dropIndex(/^create (?:unique )?index (\w+)/.exec(statement)![1]!).execute()
  }
}

async function assertTasksMove(settings: StoreSettings): Promise<void> {
  const before = await openStore(settings)
  await undoMigrationsFrom(before, '0004-history-by-number')
  const row = {
    org: '',
    cluster: 'prod',
    created_at: '2026-01-01T00:00:00.000Z',
    stopped_at: '2026-01-01T00:00:00.000Z',
    family: 'web',
  }
  const task = (id: number, arn: string, more = {}) => {
    const resource = before.cipher.encrypt(Buffer.from(JSON.stringify({ arn })))
    return {
      ...row,
      account: 'main',
      id: String(id).padStart(32, '0'),
      task_group: '',
      started_by: '',
      resource,
      ...more,
    }
  }
  const arnIn = (region: string, number: string) => `arn:aws:ecs:${region}:${number}:task/prod/1`
  await addStoppedTasks(before, [
    ...Array.from({ length: 1_200 }, (_, i) => task(i, arnIn('us-east-1', '111122223333'))),
    task(2_000, arnIn('us-east-1', '444455556666')),
    task(2_001, arnIn('eu-west-1', '111122223333')),
    task(2_002, arnIn('us-east-1', '111122223333'), { org: 'org=mine' }),
    task(2_003, arnIn('us-east-1', '111122223333'), { resource: 'encrypted with another key' }),
  ])
  await before.close()

  const store = await openStore(settings)
  const taskIdsOf = async (account: string) => {
    const any = { family: undefined, group: undefined, startedBy: undefined, createdSince: undefined }
    return (await listStoppedTasks(store, { account, cluster: 'prod', ...any }, 5_000)).map(({ id }) => Number(id))
  }
  assert.deepEqual(
    await taskIdsOf('111122223333 main us-east-1 '),
    Array.from({ length: 1_200 }, (_, i) => i),
  )
  assert.deepEqual(await taskIdsOf('444455556666 main us-east-1 '), [2_000])
  assert.deepEqual(await taskIdsOf('111122223333 main eu-west-1 '), [2_001])
  assert.deepEqual(await taskIdsOf('111122223333 main us-east-1 org=mine'), [2_002])
  assert.equal((await taskIdsOf('main')).length, 1_204, 'the previous version still finds its own rows')
  await store.close()
}

test('the migration copies stopped tasks to the number, Region and boundary of their account', async (t) => {
  await assertTasksMove({ url: undefined, key: undefined, data: temporaryFolder(t) })
})

test('the migration copies stopped tasks on PostgreSQL, too', { skip: skipWithoutPostgres }, async () => {
  await assertTasksMove({ url: postgres!.newUrl(), key: 'a key', data: ':memory:' })
})
