/** Opening an SQLite file of ours. */
import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

export interface DatabaseDeps {
  /** The folder, or `:memory:`. */
  data: string
  /** The file's name in it. */
  file: string
  /** Goes up when what is stored changes in a way that older programs cannot read. */
  format: number
  /** What must be there; done at every opening. */
  schema: string
}

/** @throws Error when it was written by a newer version of this program. */
export function openDatabase({ data, file, format: ours, schema }: DatabaseDeps): DatabaseSync {
  const db = new DatabaseSync(data === ':memory:' ? data : ownFile(join(data, file)))
  try {
    // FULL: in WAL mode only that makes a commit survive a power cut (SQLite, "PRAGMA synchronous").
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
    const format = Number(db.prepare('PRAGMA user_version').get()?.user_version)
    if (format > ours) {
      throw new Error(
        `The data in ${data} was written by a newer version of this program (format ${format}; this one reads up to ${ours}).`,
      )
    }
    db.exec(`${schema}; PRAGMA user_version = ${ours}`)
    return db
  } catch (error) {
    db.close()
    if (!(error instanceof Error) || error.message.includes(data)) throw error
    // SQLite's errors do not name the file.
    throw new Error(`${join(data, file)}: ${error.message}`, { cause: error })
  }
}

/** For its owner's eyes only, as is what SQLite puts beside it: there are session keys in it. */
export function ownFile(path: string): string {
  closeSync(openSync(path, 'a', 0o600))
  return path
}
