import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { CompiledQuery, Kysely } from 'kysely'
import { groupedSqlite } from './grouped-sqlite.ts'

test('what is asked again and again is prepared once, however much else was asked before', async (t) => {
  const sqlite = new DatabaseSync(':memory:')
  const prepared = t.mock.method(sqlite, 'prepare')
  const db = new Kysely<object>({ dialect: groupedSqlite(sqlite) })
  t.after(() => db.destroy())
  const ask = async (sql: string) => (await db.executeQuery(CompiledQuery.raw(sql))).rows
  const often = 'select 0 as often'
  for (let i = 1; i <= 1_000; i++) {
    assert.deepEqual(
      (await ask(`select ${i} as once`)).map((row) => ({ ...(row as object) })),
      [{ once: i }],
    )
    await ask(often)
  }
  assert.equal(prepared.mock.callCount(), 1_001)
  for (let i = 0; i < 3; i++) for (let late = 1; late <= 150; late++) await ask(`select ${late} as late`)
  assert.equal(prepared.mock.callCount(), 1_151)
  await ask(often)
  assert.equal(prepared.mock.callCount(), 1_151, 'what was used lately is still there')
  await ask('select 1 as once')
  assert.equal(prepared.mock.callCount(), 1_152, 'what is kept is bounded')
})
