/** SQLite's errors as problems of the store. */
import { storeUnavailable } from './unavailable.ts'

/**
 * SQLITE_BUSY, LOCKED, NOMEM, READONLY, IOERR, CORRUPT, FULL, CANTOPEN, PROTOCOL, NOTADB (SQLite, "Result and Error
 * Codes").
 */
const unavailableCodes: ReadonlySet<number> = new Set([5, 6, 7, 8, 10, 11, 13, 14, 15, 26])

/** @throws Unavailable `StoreUnavailable` when SQLite cannot do its work */
export async function translateSqliteErrors<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) : 0
    // The lowest byte of an extended result code is the primary code.
    throw unavailableCodes.has(code & 0xff) ? storeUnavailable(error) : error
  }
}
