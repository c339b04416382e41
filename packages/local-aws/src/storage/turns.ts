/** For what is kept in SQL and not in tables in memory: the changes of one turn of the event loop are one transaction, as they are in `Storage`. */
import type { DatabaseSync } from 'node:sqlite'

export interface Turns {
  /** Does it, within this turn's transaction; what throws has changed nothing. Not for what waits in between. */
  atomically<T>(work: () => T): T
  /** Resolves when everything changed so far is durable; rejects when it could not be written: then none of that turn's changes is there. */
  settled(): Promise<void>
  /** Writes what is left. The database stays open. */
  end(): void
}

export function turnsOf(db: DatabaseSync): Turns {
  let turn: PromiseWithResolvers<void> | undefined

  function begin(): void {
    if (turn) return
    db.exec('BEGIN IMMEDIATE')
    turn = Promise.withResolvers<void>()
    // A turn that nobody waits for must not end the process when it fails; those who wait get the error.
    turn.promise.catch(() => {})
    setImmediate(end)
  }

  function end(): void {
    const ended = turn
    if (!ended) return
    turn = undefined
    try {
      db.exec('COMMIT')
      ended.resolve()
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK')
      ended.reject(error)
    }
  }

  return {
    atomically(work) {
      begin()
      db.exec('SAVEPOINT work')
      try {
        const result = work()
        db.exec('RELEASE work')
        return result
      } catch (error) {
        db.exec('ROLLBACK TO work; RELEASE work')
        throw error
      }
    },
    settled: () => turn?.promise ?? Promise.resolve(),
    end,
  }
}
