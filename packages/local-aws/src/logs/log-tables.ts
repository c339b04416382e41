/**
 * The storage of log events: a SQLite database of its own. Events are not kept in memory. All SQL of CloudWatch Logs is
 * in this file.
 *
 * Events are stored in the order of their arrival, with indexes by stream and by group in the order of their time.
 * Times are milliseconds since 1970.
 */
import { openDatabase } from '../storage/database.ts'
import { openTurnTransactions, type TurnTransactions } from '../storage/turns.ts'

export interface GroupRow {
  id: number
  account: string
  region: string
  name: string
  createdAt: number
  retentionDays: number | null
  kmsKeyId: string | null
  /** `STANDARD`, `INFREQUENT_ACCESS` or `DELIVERY`. */
  class: string
  /** JSON. */
  tags: string
  /** 1 for a group that cannot be deleted (`deletionProtectionEnabled`). */
  protected: number
  /** The size of all events of the group. For each event it includes the 26 bytes that AWS adds. */
  bytes: number
}

export interface StreamRow {
  id: number
  groupId: number
  name: string
  createdAt: number
  /** The times of the earliest and the latest event, and of the last call that added events. */
  firstAt: number | null
  lastAt: number | null
  ingestedAt: number | null
  /** The position of the last stored line in the writer's source. It is stored together with that line. */
  mark: string | null
}

export interface EventRow {
  id: number
  streamId: number
  time: number
  ingestedAt: number
  message: string
}

/** A position between events, which are ordered by time and then by arrival. */
export interface Position {
  time: number
  id: number
}

export interface LogEvent {
  /** Milliseconds since 1970. */
  timestamp: number
  message: string
}

/** The bytes that AWS counts for an event besides its message. */
export const EVENT_OVERHEAD_BYTES = 26

// AUTOINCREMENT never reuses an id. So the events of a deleted stream can be removed later: no other stream has its id.
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

export interface LogTables extends TurnTransactions, ReturnType<typeof prepareStatements> {
  close(): void
}

/** @throws Error when a newer version of this program wrote the file. */
export function openLogTables(data: string): LogTables {
  const db = openDatabase({ data, file: 'logs.db', format: 1, schema })
  // A negative cache_size is in KiB. SQLite's default of 2 MB is too small when events do not arrive in the order of
  // their times.
  db.exec('PRAGMA cache_size = -16000')
  const turns = openTurnTransactions(db)
  return {
    ...turns,
    ...prepareStatements(db),
    close() {
      turns.end()
      db.close()
    },
  }
}

function prepareStatements(db: ReturnType<typeof openDatabase>) {
  const prepare = (sql: string) => db.prepare(sql)
  const insertGroup = prepare(
    'INSERT INTO groups (account, region, name, createdAt, kmsKeyId, class, tags, protected) VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING *',
  )
  const group = prepare('SELECT * FROM groups WHERE account = ? AND region = ? AND name = ?')
  const groups = prepare('SELECT * FROM groups WHERE account = ? AND region = ? AND name > ? ORDER BY name')
  const groupsWithRetention = prepare('SELECT * FROM groups WHERE retentionDays IS NOT NULL')
  const setRetention = prepare('UPDATE groups SET retentionDays = ? WHERE id = ?')
  const setTags = prepare('UPDATE groups SET tags = ? WHERE id = ?')
  const addBytes = prepare('UPDATE groups SET bytes = bytes + ? WHERE id = ?')
  const removeGroup = prepare('DELETE FROM groups WHERE id = ?')
  const addDeletedStreamsOfGroup = prepare('INSERT INTO deletedStreams SELECT id FROM streams WHERE groupId = ?')
  const removeStreams = prepare('DELETE FROM streams WHERE groupId = ?')

  const insertStream = prepare('INSERT INTO streams (groupId, name, createdAt) VALUES (?, ?, ?) RETURNING *')
  const stream = prepare('SELECT * FROM streams WHERE groupId = ? AND name = ?')
  // The range uses the index; the second condition makes it exact.
  const prefixCondition = 'name >= ?3 AND name < ?3 || char(1114111) AND substr(name, 1, length(?3)) = ?3'
  const streamsByName = {
    ascending: prepare(
      `SELECT * FROM streams WHERE groupId = ? AND name > ? AND ${prefixCondition} ORDER BY name LIMIT ?`,
    ),
    descending: prepare(
      `SELECT * FROM streams WHERE groupId = ? AND name < ? AND ${prefixCondition} ORDER BY name DESC LIMIT ?`,
    ),
  }
  const streamsByLastEvent = {
    ascending: prepare(
      'SELECT * FROM streams WHERE groupId = ? AND (ifnull(lastAt, 0), name) > (?, ?) ORDER BY ifnull(lastAt, 0), name LIMIT ?',
    ),
    descending: prepare(
      'SELECT * FROM streams WHERE groupId = ? AND (ifnull(lastAt, 0), name) < (?, ?) ORDER BY ifnull(lastAt, 0) DESC, name DESC LIMIT ?',
    ),
  }
  const streamName = prepare('SELECT name FROM streams WHERE id = ?')
  const touchStream = prepare(
    'UPDATE streams SET firstAt = min(ifnull(firstAt, ?1), ?1), lastAt = max(ifnull(lastAt, ?2), ?2), ingestedAt = ?3 WHERE id = ?4',
  )
  const setMark = prepare('UPDATE streams SET mark = ? WHERE id = ?')
  const addDeletedStream = prepare('INSERT INTO deletedStreams VALUES (?)')
  const removeStream = prepare('DELETE FROM streams WHERE id = ?')

  const insertEvent = prepare(
    'INSERT INTO events (streamId, groupId, time, ingestedAt, message) VALUES (?, ?, ?, ?, ?)',
  )
  const sqlOfEventsAfter = (key: string) => `SELECT id, streamId, time, ingestedAt, message FROM events
    WHERE ${key} = ? AND time >= ? AND time < ? AND (time, id) > (?, ?) ORDER BY time, id`
  const sqlOfEventsBefore = (key: string) => `SELECT id, streamId, time, ingestedAt, message FROM events
    WHERE ${key} = ? AND time >= ? AND time < ? AND (time, id) < (?, ?) ORDER BY time DESC, id DESC`

  const firstDeletedStream = prepare('SELECT id FROM deletedStreams LIMIT 1')
  const groupAndBytes = `groupId, octet_length(message) + ${EVENT_OVERHEAD_BYTES} AS bytes`
  const removeEvents = prepare(
    `DELETE FROM events WHERE id IN (SELECT id FROM events WHERE streamId = ? LIMIT ?) RETURNING ${groupAndBytes}`,
  )
  const forgetDeletedStream = prepare('DELETE FROM deletedStreams WHERE id = ?')
  const oldest = prepare('SELECT time FROM events WHERE groupId = ? ORDER BY time LIMIT 1')
  const removeOld = prepare(
    `DELETE FROM events WHERE id IN (SELECT id FROM events WHERE groupId = ? AND time < ? ORDER BY time LIMIT ?) RETURNING ${groupAndBytes}`,
  )

  function subtractBytes(removed: Record<string, unknown>[]): void {
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
      protected: isProtected,
    }: Omit<GroupRow, 'id' | 'retentionDays' | 'bytes'>) =>
      insertGroup.get(account, region, name, createdAt, kmsKeyId, kind, tags, isProtected) as unknown as GroupRow,
    findGroup: (account: string, region: string, name: string) =>
      group.get(account, region, name) as unknown as GroupRow | undefined,
    /** The groups in the order of their names, beginning after `afterName`. */
    groupsAfter: (account: string, region: string, afterName: string) =>
      groups.iterate(account, region, afterName) as unknown as Iterable<GroupRow>,
    groupsWithRetention: () => groupsWithRetention.all() as unknown as GroupRow[],
    setRetention: (groupId: number, days: number | null) => setRetention.run(days, groupId),
    setTags: (groupId: number, tags: string) => setTags.run(tags, groupId),
    /** Removes the group with all its streams. Their events are removed later (`removeDeletedEvents`). */
    removeGroup(groupId: number) {
      addDeletedStreamsOfGroup.run(groupId)
      removeStreams.run(groupId)
      removeGroup.run(groupId)
    },

    addStream: (groupId: number, name: string, createdAt: number) =>
      insertStream.get(groupId, name, createdAt) as unknown as StreamRow,
    findStream: (groupId: number, name: string) => stream.get(groupId, name) as unknown as StreamRow | undefined,
    streamsByName: (
      groupId: number,
      startName: string,
      prefix: string,
      limit: number,
      order: 'ascending' | 'descending',
    ) => streamsByName[order].all(groupId, startName, prefix, limit) as unknown as StreamRow[],
    streamsByLastEvent: (
      groupId: number,
      start: [time: number, name: string],
      limit: number,
      order: 'ascending' | 'descending',
    ) => streamsByLastEvent[order].all(groupId, ...start, limit) as unknown as StreamRow[],
    setMark: (streamId: number, mark: string) => setMark.run(mark, streamId),
    /** Undefined when the stream was deleted. */
    findStreamName: (id: number) => streamName.get(id)?.name as string | undefined,
    /** Removes the stream. Its events are removed later (`removeDeletedEvents`). */
    removeStream({ id }: StreamRow) {
      addDeletedStream.run(id)
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
    /**
     * The events after the position, oldest first. `toTime` is not included. Each call prepares its own statement,
     * because the caller may stop in the middle.
     */
    eventsAfter: (column: 'streamId' | 'groupId', id: number, fromTime: number, toTime: number, position: Position) =>
      db
        .prepare(sqlOfEventsAfter(column))
        .iterate(
          id,
          Math.max(fromTime, position.time),
          toTime,
          position.time,
          position.id,
        ) as unknown as Iterable<EventRow>,
    /** The events before the position, newest first. `toTime` is not included. */
    eventsBefore: (column: 'streamId' | 'groupId', id: number, fromTime: number, toTime: number, position: Position) =>
      db
        .prepare(sqlOfEventsBefore(column))
        .iterate(
          id,
          fromTime,
          Math.min(toTime, position.time + 1),
          position.time,
          position.id,
        ) as unknown as Iterable<EventRow>,

    oldestEventTime: (groupId: number) => oldest.get(groupId)?.time as number | undefined,
    /** Removes at most `max` events of deleted streams. Returns false when there are none. */
    removeDeletedEvents(max: number): boolean {
      const id = firstDeletedStream.get()?.id
      if (id === undefined) return false
      const removed = removeEvents.all(id, max)
      subtractBytes(removed)
      if (removed.length < max) forgetDeletedStream.run(id)
      return true
    },
    /** Removes at most `max` events older than `time`. Returns whether some may be left. */
    removeExpiredEvents(groupId: number, time: number, max: number): boolean {
      const removed = removeOld.all(groupId, time, max)
      subtractBytes(removed)
      return removed.length === max
    },
  }
}
