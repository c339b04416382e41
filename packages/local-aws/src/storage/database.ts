/** Opens the SQLite databases of the engine. */
import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

export interface DatabaseDeps {
  /** The data folder, or `:memory:`. */
  data: string
  /** The file's name in the folder. */
  file: string
  /** Increases when stored data changes in a way that older versions of the program cannot read. */
  format: number
  /** SQL that creates missing tables. It runs at every opening. */
  schema: string
}

/** @throws Error when a newer version of this program wrote the data. */
export function openDatabase({ data, file, format: latestFormat, schema }: DatabaseDeps): DatabaseSync {
  const db = new DatabaseSync(data === ':memory:' ? data : createPrivateFile(join(data, file)))
  try {
    // In WAL mode only FULL makes a commit survive a power loss (SQLite, "PRAGMA synchronous").
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
    const format = Number(db.prepare('PRAGMA user_version').get()?.user_version)
    if (format > latestFormat) {
      throw new Error(
        `The data in ${data} was written by a newer version of this program (format ${format}; this one reads up to ${latestFormat}).`,
      )
    }
    // One transaction is one write to the disk. Without it, each table and index of a new file would be a write.
    db.exec(`BEGIN IMMEDIATE; ${schema};`)
    if (format !== latestFormat) db.exec(`PRAGMA user_version = ${latestFormat}`)
    db.exec('COMMIT')
    return db
  } catch (error) {
    db.close()
    if (!(error instanceof Error) || error.message.includes(data)) throw error
    // SQLite's errors do not name the file.
    throw new Error(`${join(data, file)}: ${error.message}${remedyOf(error)}`, { cause: error })
  }
}

/** SQLITE_CORRUPT and SQLITE_NOTADB. */
const DAMAGE_CODES: readonly unknown[] = [11, 26]

function remedyOf(error: Error): string {
  if (!('errcode' in error) || !DAMAGE_CODES.includes(error.errcode)) return ''
  return '. Restore it from a backup, or move it away: the next start then creates a new, empty one.'
}

/**
 * Creates a database file, which contains session keys, so that only its owner can read it. SQLite gives the files that
 * it creates beside the database the same permissions.
 */
export function createPrivateFile(path: string): string {
  closeSync(openSync(path, 'a', 0o600))
  return path
}
