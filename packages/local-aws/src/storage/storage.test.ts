import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { createDataFolder } from '../testing/data-folder.ts'
import { openStorage } from './storage.ts'

interface Thing {
  id: string
  owner?: string
}
const byOwner = { owner: ({ owner }: Thing) => owner }

test('after reopening, records are found by key and by index', async (t) => {
  const data = createDataFolder(t)
  const storage = openStorage(data)
  const things = storage.table('things', byOwner)
  for (const id of ['a', 'b', 'c']) things.set(id, { id, owner: 'x' })
  things.set('b', { id: 'b', owner: 'y' })
  things.delete('c')
  await storage.whenDurable()
  storage.close()

  const again = openStorage(data)
  t.after(() => again.close())
  assert.deepEqual(again.storedTables(), ['things'])
  const found = again.table('things', byOwner)
  assert.deepEqual(
    [...found.values()],
    [
      { id: 'a', owner: 'x' },
      { id: 'b', owner: 'y' },
    ],
  )
  assert.deepEqual(found.allByIndex('owner', 'x'), [{ id: 'a', owner: 'x' }])
  assert.equal(found.countByIndex('owner', 'y'), 1)
  assert.deepEqual([...found.indexedValues('owner')], ['x', 'y'])
  assert.equal(found.delete('c'), false)
})

test('a changed record is found by its new index value only', (t) => {
  const storage = openStorage(':memory:')
  t.after(() => storage.close())
  const things = storage.table('things', byOwner)
  things.set('a', { id: 'a', owner: 'x' })
  things.set('a', { id: 'a' })
  assert.deepEqual([...things.indexedValues('owner')], [])
  assert.deepEqual(things.allByIndex('owner', 'x'), [])
})

test('one process at a time can open a folder', (t) => {
  const data = createDataFolder(t)
  const storage = openStorage(data)
  assert.throws(() => openStorage(data), /is in use by another process/)
  storage.close()
  openStorage(data).close()
})

test('data of a newer version is rejected and left unchanged', (t) => {
  const data = createDataFolder(t)
  openStorage(data).close()
  const db = new DatabaseSync(join(data, 'state.db'))
  db.exec('PRAGMA user_version = 99')
  db.close()
  assert.throws(() => openStorage(data), /newer version of this program \(format 99/)
  assert.throws(() => openStorage(data), /newer version/, 'the lock was released')
})

test('a damaged database is rejected with the remedy', (t) => {
  const data = createDataFolder(t)
  openStorage(data).close()
  writeFileSync(join(data, 'state.db'), 'no database'.repeat(1000))
  assert.throws(
    () => openStorage(data),
    /state\.db: file is not a database\. Restore it from a backup, or move it away/,
  )
})

test('a batch that cannot be written rejects its waiters, and is written with the next batch', async (t) => {
  const data = createDataFolder(t)
  const storage = openStorage(data)
  const things = storage.table<unknown>('things')
  const bad: { self?: unknown } = {}
  bad.self = bad
  things.set('good', { id: 'good' })
  things.set('bad', bad)
  await assert.rejects(storage.whenDurable(), /circular/i)
  await assert.rejects(storage.whenDurable(), /circular/i, 'the batch is still pending')
  things.set('bad', { id: 'mended' })
  await storage.whenDurable()
  storage.close()
  const again = openStorage(data)
  t.after(() => again.close())
  assert.deepEqual([...again.table('things').values()], [{ id: 'mended' }, { id: 'good' }])
})

test('a table can be read as of an earlier time, with its indexes', (t) => {
  let now = 1000
  const storage = openStorage(':memory:', { historyMs: 500, now: () => now })
  t.after(() => storage.close())
  const things = storage.table('things', byOwner)
  things.set('a', { id: 'a', owner: 'x' })
  things.set('b', { id: 'b', owner: 'x' })
  now = 1200
  things.set('a', { id: 'a', owner: 'y' })
  things.delete('b')
  things.set('c', { id: 'c', owner: 'x' })
  now = 1300
  things.set('a', { id: 'a', owner: 'z' })

  const then = things.asOf(1100)
  assert.deepEqual(
    then
      .allByIndex('owner', 'x')
      .map(({ id }) => id)
      .sort(),
    ['a', 'b'],
  )
  assert.equal(then.get('c'), undefined)
  assert.equal(then.size, 2)
  assert.equal(then.countByIndex('owner', 'z'), 0)
  assert.deepEqual(things.asOf(1250).allByIndex('owner', 'y'), [{ id: 'a', owner: 'y' }])
  assert.deepEqual(things.asOf(900).size, 0)
  assert.deepEqual(things.asOf(1300).allByIndex('owner', 'z'), [{ id: 'a', owner: 'z' }])
})

test('five thousand records are complete after reopening', async (t) => {
  const data = createDataFolder(t)
  const storage = openStorage(data)
  const things = storage.table<Thing & { text: string }>('things')
  for (let i = 0; i < 5000; i++) things.set(String(i), { id: String(i), text: 'x'.repeat(3000) })
  await storage.whenDurable()
  storage.close()
  const again = openStorage(data)
  t.after(() => again.close())
  const found = again.table<Thing & { text: string }>('things')
  assert.equal(found.size, 5000)
  assert.deepEqual(found.get('4999'), { id: '4999', text: 'x'.repeat(3000) })
})

test('work that throws changes nothing, in memory or on disk, also when nested', async (t) => {
  const data = createDataFolder(t)
  const storage = openStorage(data)
  const things = storage.table('things', byOwner)
  things.set('a', { id: 'a', owner: 'x' })
  const fail = () => {
    throw new Error('no')
  }
  assert.throws(() =>
    storage.atomically(() => {
      things.set('a', { id: 'a', owner: 'y' })
      things.set('a', { id: 'a', owner: 'z' })
      storage.atomically(() => things.set('b', { id: 'b' }))
      things.delete('a')
      fail()
    }),
  )
  storage.atomically(() => {
    things.set('c', { id: 'c' })
    assert.throws(() => storage.atomically(() => [things.delete('a'), fail()]))
  })
  const left = [{ id: 'a', owner: 'x' }, { id: 'c' }]
  assert.deepEqual([things.get('a'), things.get('b'), things.get('c')], [left[0], undefined, left[1]])
  assert.equal(things.countByIndex('owner', 'x'), 1)
  await storage.whenDurable()
  storage.close()
  const again = openStorage(data)
  t.after(() => again.close())
  assert.deepEqual([...again.table('things').values()], left)
})
