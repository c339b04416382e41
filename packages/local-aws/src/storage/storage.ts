/**
 * State that survives kill -9. All of it lives in memory, in tables; what changes is written behind to SQLite: everything set in one turn of the
 * event loop is one transaction, and `settled()` says when it is on disk. An answer leaves only after that, so nothing acknowledged is ever lost,
 * and a crash leaves either all of a turn's changes or none.
 */
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { openDatabase, ownFile } from './database.ts'
import { createTable, type Indexes, type Table } from './table.ts'

/** Goes up when records change in a way that older programs cannot read. */
const FORMAT = 1

export interface StorageOptions {
  /** For how long earlier versions of records can be asked for (`Table.asOf`). Milliseconds; 0 keeps none. */
  historyMs?: number
  /** Milliseconds since 1970: the time that history is kept by. */
  now?: () => number
}

export interface Storage {
  /**
   * The table of that name with its stored records. Call it once for each name: a second table would not see the first one's changes.
   * @param upgrade brings a record that an older version stored into today's shape
   */
  table<T, I extends string = never>(name: string, indexes?: Indexes<T, I>, upgrade?: (stored: T) => T): Table<T, I>
  /** The names of all tables that hold anything on disk. */
  storedTables(): string[]
  /** Does it, and takes back all that it set when it throws: what ends in an error has changed nothing. Not for what waits in between. */
  atomically<T>(work: () => T): T
  /** Resolves when everything set so far is durable; rejects when it could not be written (it stays in memory, and the next turn tries again). */
  settled(): Promise<void>
  /** Writes what is left and lets go of the folder. */
  close(): void
}

/** @throws Error when another process holds the folder, or when its data was written by a newer version of this program. */
export function openStorage(data: string, { historyMs = 0, now = Date.now }: StorageOptions = {}): Storage {
  const lock = data === ':memory:' ? undefined : lockFolder(data)
  const db = openState(data, lock)
  const put = db.prepare(
    'INSERT INTO records (name, key, value) VALUES (?, ?, ?) ON CONFLICT (name, key) DO UPDATE SET value = excluded.value',
  )
  const remove = db.prepare('DELETE FROM records WHERE name = ? AND key = ?')
  const load = db.prepare('SELECT key, value FROM records WHERE name = ? ORDER BY key')

  const tables = new Set<string>()
  let pending = new Map<string, Map<string, unknown>>()
  let turn: PromiseWithResolvers<void> | undefined
  /** How to take back what was set in `atomically`, the last one last. */
  let takeBacks: (() => void)[] | undefined

  function changed(table: string, key: string, record: unknown): void {
    const records = pending.get(table) ?? new Map<string, unknown>()
    pending.set(table, records.set(key, record))
    commitAfterThisTurn()
  }

  function commitAfterThisTurn(): Promise<void> {
    if (!turn) {
      turn = Promise.withResolvers<void>()
      // A turn that nobody waits for must not end the process when it fails; those who wait get the error.
      turn.promise.catch(() => {})
      setImmediate(commitTurn)
    }
    return turn.promise
  }

  function commitTurn(): void {
    const ended = turn
    turn = undefined
    try {
      commit()
      ended?.resolve()
    } catch (error) {
      ended?.reject(error)
    }
  }

  function commit(): void {
    if (pending.size === 0) return
    const batch = pending
    pending = new Map()
    try {
      db.exec('BEGIN IMMEDIATE')
      for (const [table, records] of batch) {
        for (const [key, record] of records) {
          if (record === undefined) remove.run(table, key)
          else put.run(table, key, JSON.stringify(record))
        }
      }
      db.exec('COMMIT')
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK')
      putBack(batch)
      throw error
    }
  }

  function putBack(batch: Map<string, Map<string, unknown>>): void {
    for (const [table, records] of pending) batch.set(table, new Map([...(batch.get(table) ?? []), ...records]))
    pending = batch
  }

  return {
    table<T, I extends string = never>(
      name: string,
      indexes: Indexes<T, I> = {} as Indexes<T, I>,
      upgrade: (stored: T) => T = (stored) => stored,
    ): Table<T, I> {
      if (tables.has(name)) throw new Error(`the table ${name} is open already`)
      tables.add(name)
      const stored = load
        .all(name)
        .map((row): [string, T] => [String(row.key), upgrade(JSON.parse(String(row.value)) as T)])
      return createTable(stored, indexes, {
        historyMs,
        now,
        changed: (key, record, takeBack) => {
          takeBacks?.push(takeBack)
          changed(name, key, record)
        },
      })
    },
    atomically(work) {
      const outer = takeBacks
      const inner: (() => void)[] = []
      takeBacks = inner
      try {
        const result = work()
        outer?.push(...inner)
        return result
      } catch (error) {
        takeBacks = undefined
        for (const takeBack of inner.reverse()) takeBack()
        throw error
      } finally {
        takeBacks = outer
      }
    },
    storedTables: () =>
      db
        .prepare('SELECT DISTINCT name FROM records')
        .all()
        .map((row) => String(row.name)),
    settled: () => turn?.promise ?? (pending.size > 0 ? commitAfterThisTurn() : Promise.resolve()),
    close() {
      try {
        commit()
      } finally {
        db.close()
        lock?.close()
      }
    },
  }
}

function openState(data: string, lock: DatabaseSync | undefined): DatabaseSync {
  const schema =
    'CREATE TABLE IF NOT EXISTS records (name TEXT, key TEXT, value TEXT NOT NULL, PRIMARY KEY (name, key)) WITHOUT ROWID'
  try {
    return openDatabase({ data, file: 'state.db', format: FORMAT, schema })
  } catch (error) {
    lock?.close()
    throw error
  }
}

function isLocked(error: unknown): boolean {
  return error instanceof Error && /locked|busy/i.test(error.message)
}

/** Whether a process holds the folder now. */
export function isHeld(folder: string): boolean {
  const file = join(folder, 'lock.db')
  if (!existsSync(file)) return false
  const lock = new DatabaseSync(file, { readOnly: true, timeout: 0 })
  try {
    lock.exec('PRAGMA schema_version')
    return false
  } catch (error) {
    return isLocked(error)
  } finally {
    lock.close()
  }
}

/** Holds the folder for this process. The kernel lets go of it with the process, however that ends: no stale lock is left behind. */
function lockFolder(folder: string): DatabaseSync {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const lock = new DatabaseSync(ownFile(join(folder, 'lock.db')), { timeout: 0 })
  try {
    lock.exec('BEGIN EXCLUSIVE')
    return lock
  } catch (error) {
    lock.close()
    if (isLocked(error)) {
      throw new Error(
        `The data folder ${folder} is in use by another process. Stop that one, or choose another folder.`,
        { cause: error },
      )
    }
    throw error
  }
}
