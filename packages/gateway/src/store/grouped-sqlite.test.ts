import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { CompiledQuery, Kysely } from 'kysely'
import { groupedSqlite } from './grouped-sqlite.ts'

test('a repeated statement is prepared once, and the cache of statements is bounded', async (t) => {
  const sqlite = new DatabaseSync(':memory:')
  const prepared = t.mock.method(sqlite, 'prepare')
  const db = new Kysely<object>({ dialect: groupedSqlite(sqlite) })
  t.after(() => db.destroy())
  const query = async (sql: string) => (await db.executeQuery(CompiledQuery.raw(sql))).rows
  const often = 'select 0 as often'
  for (let i = 1; i <= 1_000; i++) {
    assert.deepEqual(
      (await query(`select ${i} as once`)).map((row) => ({ ...(row as object) })),
      [{ once: i }],
    )
    await query(often)
  }
  assert.equal(prepared.mock.callCount(), 1_001)
  for (let i = 0; i < 3; i++) for (let late = 1; late <= 150; late++) await query(`select ${late} as late`)
  assert.equal(prepared.mock.callCount(), 1_151)
  await query(often)
  assert.equal(prepared.mock.callCount(), 1_151, 'a recently used statement is still cached')
  await query('select 1 as once')
  assert.equal(prepared.mock.callCount(), 1_152, 'the cache is bounded')
})
