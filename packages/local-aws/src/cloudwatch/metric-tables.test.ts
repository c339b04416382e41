import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openMetricTables } from './metric-tables.ts'

const scope = { account: '111122223333', region: 'us-east-1' }
const keyOf = (name: string) => ({ namespace: 'Shop', name, dimensions: [] })
const value = { count: 1, sum: 1, min: 1, max: 1 }
const NOW = 1_800_000_000

test('above the maximum number, the oldest points are deleted, and series without points', (t) => {
  const tables = openMetricTables(':memory:', 100)
  t.after(() => tables.close())
  tables.atomically(() => {
    tables.add(scope, keyOf('old'), 'None', { time: NOW - 60_000, ...value })
    for (let i = 0; i < 120; i++) tables.add(scope, keyOf('new'), 'None', { time: NOW - i * 60, ...value })
    tables.deleteOldPoints(NOW)
  })
  const [series] = tables.listSeries(scope, 0)
  assert.deepEqual(
    tables.listSeries(scope, 0).map(({ name }) => name),
    ['new'],
  )
  const points = tables.points(series!.id, 0, NOW + 60)
  assert.deepEqual([points.length, points[0]?.time, points.at(-1)?.time], [100, NOW - 99 * 60, NOW])
})

test('points are kept for 15 days', (t) => {
  const tables = openMetricTables(':memory:')
  t.after(() => tables.close())
  tables.atomically(() => {
    tables.add(scope, keyOf('orders'), 'None', { time: NOW, ...value })
    tables.add(scope, keyOf('orders'), 'None', { time: NOW + 14 * 86_400, ...value })
    tables.deleteOldPoints(NOW + 14 * 86_400)
  })
  const [series] = tables.seriesOfMetric(scope, keyOf('orders'))
  assert.equal(tables.points(series!.id, 0, NOW * 2).length, 2)
  tables.atomically(() => tables.deleteOldPoints(NOW + 15 * 86_400 + 60))
  assert.equal(tables.points(series!.id, 0, NOW * 2).length, 1)
})
