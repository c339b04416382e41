/**
 * The storage of metrics: a SQLite database of its own. All SQL of CloudWatch is in this file.
 *
 * A series is a metric with one set of dimensions and one unit. It has at most one point a minute, with the statistics
 * of all values of that minute. The number of points is bounded: the oldest ones are deleted first.
 */
import { openDatabase } from '../storage/database.ts'
import { openTurnTransactions, type TurnTransactions } from '../storage/turns.ts'

/** The seconds that a point covers. CloudWatch's finer resolution is not supported. */
export const RESOLUTION_S = 60
/** CloudWatch keeps points of a minute for 15 days (CloudWatch User Guide, "Metrics retention"). */
const RETENTION_S = 15 * 86_400
/** The maximum number of points, which take about 30 MB. */
const MAX_POINTS = 500_000
/** The number of points deleted at once, which takes some milliseconds. */
const DELETED_AT_ONCE = 2_000

export interface MetricKey {
  namespace: string
  name: string
  /** Sorted by name. */
  dimensions: readonly (readonly [name: string, value: string])[]
}

export interface Statistics {
  count: number
  sum: number
  min: number
  max: number
}

/** `time` is in seconds since 1970. */
export interface Point extends Statistics {
  time: number
}

export interface SeriesRow {
  id: number
  namespace: string
  name: string
  /** JSON of `MetricKey.dimensions`. */
  dimensions: string
  unit: string
  /** The time of the newest point, in seconds since 1970. */
  lastAt: number
}

const schema = `
  CREATE TABLE IF NOT EXISTS series (id INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL, region TEXT NOT NULL,
    namespace TEXT NOT NULL, name TEXT NOT NULL, dimensions TEXT NOT NULL, unit TEXT NOT NULL, lastAt INTEGER NOT NULL,
    UNIQUE (account, region, namespace, name, dimensions, unit));
  CREATE INDEX IF NOT EXISTS seriesByLastPoint ON series (lastAt);
  CREATE TABLE IF NOT EXISTS points (seriesId INTEGER NOT NULL, time INTEGER NOT NULL, count REAL NOT NULL, sum REAL NOT NULL,
    min REAL NOT NULL, max REAL NOT NULL, PRIMARY KEY (seriesId, time)) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS pointsByTime ON points (time)`

export interface MetricTables extends TurnTransactions {
  /** Adds values to the series' point of their minute. */
  add(scope: { account: string; region: string }, key: MetricKey, unit: string, point: Point): void
  /**
   * Deletes expired points, and the oldest points above the maximum number.
   * @param now seconds since 1970
   */
  deleteOldPoints(now: number): void
  /** The series of a metric: one for each unit. */
  seriesOfMetric(scope: { account: string; region: string }, key: MetricKey): SeriesRow[]
  /** All series of the account in the Region with a point at or after `since`, in seconds since 1970. */
  listSeries(scope: { account: string; region: string }, since: number): SeriesRow[]
  /** The points from `start` to before `end`, oldest first. */
  points(seriesId: number, start: number, end: number): Point[]
  close(): void
}

/** @throws Error when a newer version of this program wrote the file. */
export function openMetricTables(data: string, maxPoints = MAX_POINTS): MetricTables {
  const db = openDatabase({ data, file: 'metrics.db', format: 1, schema })
  const turns = openTurnTransactions(db)
  const upsertSeries = db.prepare(
    `INSERT INTO series (account, region, namespace, name, dimensions, unit, lastAt) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET lastAt = max(lastAt, excluded.lastAt) RETURNING id`,
  )
  const upsertPoint = db.prepare(
    `INSERT INTO points VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count,
     sum = sum + excluded.sum, min = min(min, excluded.min), max = max(max, excluded.max)`,
  )
  const countPoints = db.prepare('SELECT count(*) AS count FROM points')
  const deleteExpired = db.prepare(
    'DELETE FROM points WHERE (seriesId, time) IN (SELECT seriesId, time FROM points WHERE time < ? ORDER BY time LIMIT ?)',
  )
  const deleteOldest = db.prepare(
    'DELETE FROM points WHERE (seriesId, time) IN (SELECT seriesId, time FROM points ORDER BY time LIMIT ?)',
  )
  const deleteEmptySeries = db.prepare(
    'DELETE FROM series WHERE lastAt < ? AND NOT EXISTS (SELECT 1 FROM points WHERE seriesId = series.id)',
  )
  const oldestPoint = db.prepare('SELECT min(time) AS time FROM points')
  const series = db.prepare(
    'SELECT * FROM series WHERE account = ? AND region = ? AND namespace = ? AND name = ? AND dimensions = ?',
  )
  const list = db.prepare('SELECT * FROM series WHERE account = ? AND region = ? AND lastAt >= ?')
  const points = db.prepare(
    'SELECT time, count, sum, min, max FROM points WHERE seriesId = ? AND time >= ? AND time < ? ORDER BY time',
  )
  let pointCount = Number(countPoints.get()?.count)

  return {
    ...turns,
    add({ account, region }, { namespace, name, dimensions }, unit, { time, count, sum, min, max }) {
      const row = upsertSeries.get(account, region, namespace, name, JSON.stringify(dimensions), unit, time)
      upsertPoint.run(Number(row?.id), time, count, sum, min, max)
      // A value that is added to an existing point is counted too, so `deleteOldPoints` may count again too early, but
      // never too late.
      pointCount++
    },
    deleteOldPoints(now) {
      const expiredBefore = now - RETENTION_S
      const hasExpired = Number(oldestPoint.get()?.time ?? now) < expiredBefore
      if (!hasExpired && pointCount <= maxPoints) return
      while (Number(deleteExpired.run(expiredBefore, DELETED_AT_ONCE).changes) === DELETED_AT_ONCE);
      pointCount = Number(countPoints.get()?.count)
      while (pointCount > maxPoints)
        pointCount -= Number(deleteOldest.run(Math.min(DELETED_AT_ONCE, pointCount - maxPoints)).changes)
      deleteEmptySeries.run(Number(oldestPoint.get()?.time ?? now))
    },
    seriesOfMetric: ({ account, region }, { namespace, name, dimensions }) =>
      series.all(account, region, namespace, name, JSON.stringify(dimensions)) as unknown as SeriesRow[],
    listSeries: ({ account, region }, since) => list.all(account, region, since) as unknown as SeriesRow[],
    points: (seriesId, start, end) => points.all(seriesId, start, end) as unknown as Point[],
    close() {
      turns.end()
      db.close()
    },
  }
}

/** The dimensions in the order in which they are stored to identify a series. */
export function sortedDimensions(dimensions: readonly { Name: string; Value: string }[] = []): MetricKey['dimensions'] {
  return dimensions.map(({ Name, Value }) => [Name, Value] as const).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
}
