/** SQLite as the store. A process locks its data folder, so that no other process uses it. */
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

export const databaseFile = 'ecs-api.db'

export interface LockedDatabase {
  database: DatabaseSync
  /** Unlocks the data folder. Call it after closing the database. */
  unlock: () => void
}

/**
 * Creates the data folder if needed, locks it and opens the database in it.
 * @param data the data folder, or `:memory:`
 * @throws Error when another process uses the folder
 */
export function openSqlite(data: string): LockedDatabase {
  if (data === ':memory:') return { database: new DatabaseSync(':memory:'), unlock: () => {} }
  mkdirSync(data, { recursive: true, mode: 0o700 })
  const lock = lockFolder(data)
  try {
    return { database: openDatabase(data), unlock: () => lock.close() }
  } catch (error) {
    lock.close()
    throw error
  }
}

function openDatabase(data: string): DatabaseSync {
  const file = join(data, databaseFile)
  return withFileInErrors(file, () => {
    const db = new DatabaseSync(createPrivateFile(file))
    // In WAL mode, a commit survives a power cut only with FULL (SQLite, "PRAGMA synchronous").
    db.exec('PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
    return db
  })
}

/** SQLITE_CORRUPT and SQLITE_NOTADB. */
const damageCodes: readonly unknown[] = [11, 26]

/** Adds the file's name to SQLite's errors, which do not have it, and the remedy for a damaged file. */
export function withFileInErrors<T>(file: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof Error) || error.message.includes(file)) throw error
    const remedy =
      'errcode' in error && damageCodes.includes(error.errcode)
        ? '. Restore it from a backup, or move it away: the next start then creates a new, empty one.'
        : ''
    throw new Error(`${file}: ${error.message}${remedy}`, { cause: error })
  }
}

/**
 * Locks the folder with an exclusive transaction on a separate database. SQLite releases the lock when the process
 * ends, also after a crash.
 */
function lockFolder(data: string): DatabaseSync {
  const file = join(data, 'ecs-api.lock')
  const lock = new DatabaseSync(createPrivateFile(file))
  try {
    withFileInErrors(file, () => lock.exec('BEGIN EXCLUSIVE'))
    writeFileSync(createPrivateFile(join(data, pidFile)), `${process.pid}\n`)
    return lock
  } catch (error) {
    lock.close()
    if (!isBusy(error)) throw error
    const pid = findHolder(data)
    const holder = pid === undefined ? 'another process' : `the process ${pid}`
    const stop = pid === undefined ? 'Stop it' : `Stop it (kill ${pid})`
    throw new Error(`The data folder ${data} is in use by ${holder}. ${stop}, or configure another folder.`, {
      cause: error,
    })
  }
}

/** Names the process in the error text only. A crashed process leaves this file, so the file is no lock. */
const pidFile = 'ecs-api.pid'

/** The process that holds the lock; undefined when no process with its id is visible here, such as in a container. */
function findHolder(data: string): number | undefined {
  try {
    const pid = Number(readFileSync(join(data, pidFile), 'utf8'))
    if (!(pid > 0)) return undefined
    // Signal 0 only checks (kill(2)).
    process.kill(pid, 0)
    return pid
  } catch {
    return undefined
  }
}

/** SQLite's message for SQLITE_BUSY: another connection holds the lock. */
function isBusy(error: unknown): boolean {
  return error instanceof Error && error.message.endsWith('database is locked')
}

/** Creates a file that only its owner can read. SQLite creates the files next to it with the same mode. */
function createPrivateFile(path: string): string {
  closeSync(openSync(path, 'a', 0o600))
  return path
}
