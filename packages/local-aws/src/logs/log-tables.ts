/**
 * Where log events are kept: in SQLite, in a file of their own, and never in memory. All SQL of CloudWatch Logs is here. An event lies in the order in
 * which it came, and is found by its stream or its group in the order of its time. Times are milliseconds since 1970.
 */
import { openDatabase } from '../storage/database.ts'
import { type Turns, turnsOf } from '../storage/turns.ts'

export interface GroupRow {
  id: number
  account: string
  region: string
  name: string
  createdAt: number
  retentionDays: number | null
  kmsKeyId: string | null
  class: string
  /** JSON. */
  tags: string
  protected: number
  /** Of all its events, each with the 26 bytes that AWS counts for it. */
  bytes: number
}

export interface StreamRow {
  id: number
  groupId: number
  name: string
  createdAt: number
  firstAt: number | null
  lastAt: number | null
  ingestedAt: number | null
  /** A writer's own note of how far it is: set with the events that it tells of. */
  mark: string | null
}

export interface EventRow {
  id: number
  streamId: number
  time: number
  ingestedAt: number
  message: string
}

/** A place between events, in their order: by time, then as they came. */
export interface Position {
  time: number
  id: number
}

export interface LogEvent {
  /** Milliseconds since 1970. */
  timestamp: number
  message: string
}

/** What AWS counts for an event besides its message. */
export const EVENT_OVERHEAD_BYTES = 26

// AUTOINCREMENT: an id is never given twice, so what is left of a deleted stream or group can go later without being taken for another's.
const schema = `
  CREATE TABLE IF NOT EXISTS groups (id INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL,
    createdAt INTEGER NOT NULL, retentionDays INTEGER, kmsKeyId TEXT, class TEXT NOT NULL, tags TEXT NOT NULL, protected INTEGER NOT NULL,
    bytes INTEGER NOT NULL DEFAULT 0, UNIQUE (account, region, name));
  CREATE TABLE IF NOT EXISTS streams (id INTEGER PRIMARY KEY AUTOINCREMENT, groupId INTEGER NOT NULL, name TEXT NOT NULL, createdAt INTEGER NOT NULL,
    firstAt INTEGER, lastAt INTEGER, ingestedAt INTEGER, mark TEXT, UNIQUE (groupId, name));
  CREATE INDEX IF NOT EXISTS streamsByLastEvent ON streams (groupId, ifnull(lastAt, 0), name);
  CREATE TABLE IF NOT EXISTS events (id INTEGER PRIMARY KEY, streamId INTEGER NOT NULL, groupId INTEGER NOT NULL, time INTEGER NOT NULL,
    ingestedAt INTEGER NOT NULL, message TEXT NOT NULL);
  CREATE INDEX IF NOT EXISTS eventsByStream ON events (streamId, time);
  CREATE INDEX IF NOT EXISTS eventsByGroup ON events (groupId, time);
  CREATE TABLE IF NOT EXISTS deletedStreams (id INTEGER PRIMARY KEY)`

export interface LogTables extends Turns, ReturnType<typeof statements> {
  close(): void
}

/** @throws Error when it was written by a newer version of this program. */
export function openLogTables(data: string): LogTables {
  const db = openDatabase({ data, file: 'logs.db', format: 1, schema })
  // Of what SQLite keeps in memory of the file: its 2 MB are few for events that came in another order than that of their times.
  db.exec('PRAGMA cache_size = -16000')
  const turns = turnsOf(db)
  return {
    ...turns,
    ...statements(db),
    close() {
      turns.end()
      db.close()
    },
  }
}

function statements(db: ReturnType<typeof openDatabase>) {
  const one = (sql: string) => db.prepare(sql)
  const insertGroup = one(
    'INSERT INTO groups (account, region, name, createdAt, kmsKeyId, class, tags, protected) VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING *',
  )
  const group = one('SELECT * FROM groups WHERE account = ? AND region = ? AND name = ?')
  const groups = one('SELECT * FROM groups WHERE account = ? AND region = ? AND name > ? ORDER BY name')
  const groupsThatForget = one('SELECT * FROM groups WHERE retentionDays IS NOT NULL')
  const setRetention = one('UPDATE groups SET retentionDays = ? WHERE id = ?')
  const setTags = one('UPDATE groups SET tags = ? WHERE id = ?')
  const addBytes = one('UPDATE groups SET bytes = bytes + ? WHERE id = ?')
  const removeGroup = one('DELETE FROM groups WHERE id = ?')
  const noteDeletedOfGroup = one('INSERT INTO deletedStreams SELECT id FROM streams WHERE groupId = ?')
  const removeStreams = one('DELETE FROM streams WHERE groupId = ?')

  const insertStream = one('INSERT INTO streams (groupId, name, createdAt) VALUES (?, ?, ?) RETURNING *')
  const stream = one('SELECT * FROM streams WHERE groupId = ? AND name = ?')
  // The range is what the index finds; the rest makes it exact.
  const inPrefix = 'name >= ?3 AND name < ?3 || char(1114111) AND substr(name, 1, length(?3)) = ?3'
  const streamsByName = {
    up: one(`SELECT * FROM streams WHERE groupId = ? AND name > ? AND ${inPrefix} ORDER BY name LIMIT ?`),
    down: one(`SELECT * FROM streams WHERE groupId = ? AND name < ? AND ${inPrefix} ORDER BY name DESC LIMIT ?`),
  }
  const streamsByLastEvent = {
    up: one(
      'SELECT * FROM streams WHERE groupId = ? AND (ifnull(lastAt, 0), name) > (?, ?) ORDER BY ifnull(lastAt, 0), name LIMIT ?',
    ),
    down: one(
      'SELECT * FROM streams WHERE groupId = ? AND (ifnull(lastAt, 0), name) < (?, ?) ORDER BY ifnull(lastAt, 0) DESC, name DESC LIMIT ?',
    ),
  }
  const streamName = one('SELECT name FROM streams WHERE id = ?')
  const touchStream = one(
    'UPDATE streams SET firstAt = min(ifnull(firstAt, ?1), ?1), lastAt = max(ifnull(lastAt, ?2), ?2), ingestedAt = ?3 WHERE id = ?4',
  )
  const setMark = one('UPDATE streams SET mark = ? WHERE id = ?')
  const noteDeleted = one('INSERT INTO deletedStreams VALUES (?)')
  const removeStream = one('DELETE FROM streams WHERE id = ?')

  const insertEvent = one('INSERT INTO events (streamId, groupId, time, ingestedAt, message) VALUES (?, ?, ?, ?, ?)')
  const after = (key: string) => `SELECT id, streamId, time, ingestedAt, message FROM events
    WHERE ${key} = ? AND time >= ? AND time < ? AND (time, id) > (?, ?) ORDER BY time, id`
  const before = `SELECT id, streamId, time, ingestedAt, message FROM events
    WHERE streamId = ? AND time >= ? AND time < ? AND (time, id) < (?, ?) ORDER BY time DESC, id DESC`

  const firstDeleted = one('SELECT id FROM deletedStreams LIMIT 1')
  const size = `groupId, octet_length(message) + ${EVENT_OVERHEAD_BYTES} AS bytes`
  const removeEvents = one(
    `DELETE FROM events WHERE id IN (SELECT id FROM events WHERE streamId = ? LIMIT ?) RETURNING ${size}`,
  )
  const forgetDeleted = one('DELETE FROM deletedStreams WHERE id = ?')
  const oldest = one('SELECT time FROM events WHERE groupId = ? ORDER BY time LIMIT 1')
  const removeOld = one(
    `DELETE FROM events WHERE id IN (SELECT id FROM events WHERE groupId = ? AND time < ? ORDER BY time LIMIT ?) RETURNING ${size}`,
  )

  function forgetBytes(removed: Record<string, unknown>[]): void {
    const [first] = removed
    if (first) addBytes.run(-removed.reduce((sum, { bytes }) => sum + Number(bytes), 0), Number(first.groupId))
  }

  return {
    addGroup: ({
      account,
      region,
      name,
      createdAt,
      kmsKeyId,
      class: kind,
      tags,
      protected: kept,
    }: Omit<GroupRow, 'id' | 'retentionDays' | 'bytes'>) =>
      insertGroup.get(account, region, name, createdAt, kmsKeyId, kind, tags, kept) as unknown as GroupRow,
    group: (account: string, region: string, name: string) =>
      group.get(account, region, name) as unknown as GroupRow | undefined,
    /** By name, from after that one. */
    groups: (account: string, region: string, afterName: string) =>
      groups.iterate(account, region, afterName) as unknown as Iterable<GroupRow>,
    groupsThatForget: () => groupsThatForget.all() as unknown as GroupRow[],
    setRetention: (groupId: number, days: number | null) => setRetention.run(days, groupId),
    setTags: (groupId: number, tags: string) => setTags.run(tags, groupId),
    /** With all its streams; their events go later (`removeSome`). */
    removeGroup(groupId: number) {
      noteDeletedOfGroup.run(groupId)
      removeStreams.run(groupId)
      removeGroup.run(groupId)
    },

    addStream: (groupId: number, name: string, createdAt: number) =>
      insertStream.get(groupId, name, createdAt) as unknown as StreamRow,
    stream: (groupId: number, name: string) => stream.get(groupId, name) as unknown as StreamRow | undefined,
    streamsByName: (groupId: number, from: string, prefix: string, limit: number, order: 'up' | 'down') =>
      streamsByName[order].all(groupId, from, prefix, limit) as unknown as StreamRow[],
    streamsByLastEvent: (groupId: number, from: [time: number, name: string], limit: number, order: 'up' | 'down') =>
      streamsByLastEvent[order].all(groupId, ...from, limit) as unknown as StreamRow[],
    setMark: (streamId: number, mark: string) => setMark.run(mark, streamId),
    /** Undefined when it was deleted. */
    streamName: (id: number) => streamName.get(id)?.name as string | undefined,
    /** Its events go later (`removeSome`). */
    removeStream({ id }: StreamRow) {
      noteDeleted.run(id)
      removeStream.run(id)
    },

    addEvents({ id, groupId }: Pick<StreamRow, 'id' | 'groupId'>, events: readonly LogEvent[], now: number) {
      let [first, last, bytes] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0]
      for (const { timestamp, message } of events) {
        insertEvent.run(id, groupId, timestamp, now, message)
        first = Math.min(first, timestamp)
        last = Math.max(last, timestamp)
        bytes += Buffer.byteLength(message) + EVENT_OVERHEAD_BYTES
      }
      if (events.length === 0) return
      touchStream.run(first, last, now, id)
      addBytes.run(bytes, groupId)
    },
    /** Ascending. `to` is not among them. Statements of their own: a reader may stop in the middle. */
    eventsAfter: (of: 'streamId' | 'groupId', id: number, from: number, to: number, position: Position) =>
      db
        .prepare(after(of))
        .iterate(id, Math.max(from, position.time), to, position.time, position.id) as unknown as Iterable<EventRow>,
    /** Descending. */
    eventsBefore: (streamId: number, from: number, to: number, position: Position) =>
      db
        .prepare(before)
        .iterate(
          streamId,
          from,
          Math.min(to, position.time + 1),
          position.time,
          position.id,
        ) as unknown as Iterable<EventRow>,

    oldestOf: (groupId: number) => oldest.get(groupId)?.time as number | undefined,
    /** Removes at most so many events of deleted streams. False when there is nothing left to remove. */
    removeSome(most: number): boolean {
      const id = firstDeleted.get()?.id
      if (id === undefined) return false
      const removed = removeEvents.all(id, most)
      forgetBytes(removed)
      if (removed.length < most) forgetDeleted.run(id)
      return true
    },
    /** Removes at most so many events from before that time. False when there is none left. */
    removeOld(groupId: number, time: number, most: number): boolean {
      const removed = removeOld.all(groupId, time, most)
      forgetBytes(removed)
      return removed.length === most
    },
  }
}
