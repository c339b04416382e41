import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createDataFolder } from '../testing/data-folder.ts'
import { openStorage } from './storage.ts'
import type { View } from './table.ts'

interface Thing {
  owner: string
  labels: string[]
}

const indexes = {
  owner: ({ owner }: Thing) => (owner === '' ? undefined : owner),
  label: ({ labels }: Thing) => labels,
}
const word = fc.constantFrom('', 'a', 'b', 'c')
const thing: fc.Arbitrary<Thing> = fc.record(
  { owner: word, labels: fc.uniqueArray(word, { maxLength: 3 }) },
  { noNullPrototype: true },
)
const step = fc.record({
  ms: fc.integer({ min: 0, max: 50 }),
  key: fc.constantFrom('1', '2', '3', '4'),
  thing: fc.option(thing, { nil: undefined }),
})

test('after any changes, indexes, earlier versions and stored records equal those of a plain Map', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const data = createDataFolder(t)
      let now = 1_000
      const storage = openStorage(data, { historyMs: 200, now: () => now })
      const table = storage.table('things', indexes)
      const plain = new Map<string, Thing>()
      const earlier = new Map<number, Map<string, Thing>>()
      for (const { ms, key, thing } of steps) {
        now += ms
        if (thing) table.set(key, thing)
        else table.delete(key)
        if (thing) plain.set(key, thing)
        else plain.delete(key)
        earlier.set(now, new Map(plain))
        assertSame(table, plain)
      }
      for (const [time, then] of earlier) if (time >= now - 200) assertSame(table.asOf(time), then)
      await storage.whenDurable()
      storage.close()
      const again = openStorage(data)
      assertSame(again.table('things', indexes), plain)
      again.close()
    }),
    { numRuns: 60 },
  )
})

function assertSame(view: View<Thing, 'owner' | 'label'>, plain: Map<string, Thing>): void {
  const sorted = (things: Iterable<Thing>) => [...things].map((each) => JSON.stringify(each)).sort()
  assert.equal(view.size, plain.size)
  assert.deepEqual(sorted(view.values()), sorted(plain.values()))
  for (const [key, value] of plain) assert.deepEqual(view.get(key), value)
  for (const value of ['', 'a', 'b', 'c']) {
    const ofOwner = [...plain.values()].filter(({ owner }) => owner !== '' && owner === value)
    const ofLabel = [...plain.values()].filter(({ labels }) => labels.includes(value))
    assert.deepEqual(sorted(view.allByIndex('owner', value)), sorted(ofOwner))
    assert.deepEqual(sorted(view.allByIndex('label', value)), sorted(ofLabel))
    assert.deepEqual(
      [view.countByIndex('owner', value), view.countByIndex('label', value)],
      [ofOwner.length, ofLabel.length],
    )
    for (const after of [undefined, '', ...plain.keys()]) {
      const entriesAfter = [...plain].filter(
        ([key, { labels }]) => labels.includes(value) && (after === undefined || key > after),
      )
      const ordered = entriesAfter.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, thing]) => thing)
      assert.deepEqual(view.inKeyOrder('label', value, after).toArray(), ordered)
    }
  }
}
