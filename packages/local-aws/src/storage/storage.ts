/**
 * Stores the engine's records so that they survive `kill -9`.
 *
 * All records are in memory, in tables, and changes are written to SQLite afterwards. The changes of one turn of the
 * event loop are one transaction, and `whenDurable()` resolves when they are on disk. A response is sent only then. So
 * no acknowledged change is lost, and after a crash either all changes of a turn are stored or none.
 */
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createPrivateFile, openDatabase } from './database.ts'
import { createTable, type Indexes, type Table } from './table.ts'

/** Increases when records change in a way that older versions of the program cannot read. */
const FORMAT = 2

export interface StorageOptions {
  /** How long earlier versions of records can be read (`Table.asOf`). 0 keeps no earlier versions. */
  historyMs?: number
  /** The current time in milliseconds since 1970, for the history. */
  now?: () => number
}

export interface Storage {
  /**
   * Opens the table of this name with its stored records. A name can be opened only once.
   * @param upgrade converts a record that an older version stored
   * @throws Error when the table is already open.
   */
  table<T, I extends string = never>(name: string, indexes?: Indexes<T, I>, upgrade?: (stored: T) => T): Table<T, I>
  /** The names of all tables that have records on disk. */
  storedTables(): string[]
  /** Runs the work. If it throws, all its changes are rolled back. The work must be synchronous. */
  atomically<T>(work: () => T): T
  /**
   * Resolves when all changes so far are durable. Rejects when the write failed: the changes then stay pending, and the
   * next change or call of `whenDurable()` tries again.
   */
  whenDurable(): Promise<void>
  /** Writes the pending changes and unlocks the folder. */
  close(): void
}

/**
 * Opens the state in the folder `data` and locks the folder.
 * @throws Error when another process has locked the folder, or when a newer version of this program wrote its data.
 */
export function openStorage(data: string, { historyMs = 0, now = Date.now }: StorageOptions = {}): Storage {
  const lock = data === ':memory:' ? undefined : lockFolder(data)
  const db = openState(data, lock)
  const upsert = db.prepare(
    'INSERT INTO records (name, key, value) VALUES (?, ?, ?) ON CONFLICT (name, key) DO UPDATE SET value = excluded.value',
  )
  const remove = db.prepare('DELETE FROM records WHERE name = ? AND key = ?')
  const load = db.prepare('SELECT key, value FROM records WHERE name = ? ORDER BY key')

  const tables = new Set<string>()
  let pending = new Map<string, Map<string, unknown>>()
  /** Resolves or rejects with the commit at the end of this turn of the event loop. */
  let turn: PromiseWithResolvers<void> | undefined
  /** Functions that undo the changes made in `atomically`, in the order of the changes. */
  let undos: (() => void)[] | undefined

  function markChanged(table: string, key: string, record: unknown): void {
    const records = pending.get(table) ?? new Map<string, unknown>()
    pending.set(table, records.set(key, record))
    commitAfterThisTurn()
  }

  function commitAfterThisTurn(): Promise<void> {
    if (!turn) {
      turn = Promise.withResolvers<void>()
      // A turn without waiters must not end the process when it fails. Waiters get the error.
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
          else upsert.run(table, key, JSON.stringify(record))
        }
      }
      db.exec('COMMIT')
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK')
      restorePending(batch)
      throw error
    }
  }

  function restorePending(batch: Map<string, Map<string, unknown>>): void {
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
        onChange: (key, record, undo) => {
          undos?.push(undo)
          markChanged(name, key, record)
        },
      })
    },
    atomically(work) {
      const outer = undos
      const inner: (() => void)[] = []
      undos = inner
      try {
        const result = work()
        outer?.push(...inner)
        return result
      } catch (error) {
        undos = undefined
        for (const undo of inner.reverse()) undo()
        throw error
      } finally {
        undos = outer
      }
    },
    storedTables: () =>
      db
        .prepare('SELECT DISTINCT name FROM records')
        .all()
        .map((row) => String(row.name)),
    whenDurable: () => turn?.promise ?? (pending.size > 0 ? commitAfterThisTurn() : Promise.resolve()),
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

/** Whether a process has locked the folder. */
export function isFolderLocked(folder: string): boolean {
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

/**
 * Locks the folder for this process. The kernel releases the lock however the process ends, so no stale lock remains.
 */
function lockFolder(folder: string): DatabaseSync {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const lock = new DatabaseSync(createPrivateFile(join(folder, 'lock.db')), { timeout: 0 })
  try {
    lock.exec('BEGIN EXCLUSIVE')
    return lock
  } catch (error) {
    lock.close()
    if (isLocked(error)) {
      throw new Error(
        `The data folder ${folder} is in use by another process. Stop that process, or choose another folder.`,
        { cause: error },
      )
    }
    throw error
  }
}
