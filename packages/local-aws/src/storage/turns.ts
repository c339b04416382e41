/**
 * Transactions for services whose data is in a SQL database, not in the tables of storage.ts. All changes of one turn
 * of the event loop are one transaction.
 */
import type { DatabaseSync } from 'node:sqlite'

export interface TurnTransactions {
  /**
   * Runs the work in this turn's transaction. If it throws, its changes are rolled back. The work must be synchronous.
   */
  atomically<T>(work: () => T): T
  /**
   * Resolves when all changes so far are durable. Rejects when they could not be written: none of that turn's changes
   * are then stored.
   */
  whenDurable(): Promise<void>
  /** Commits the pending changes. The database stays open. */
  end(): void
}

export function openTurnTransactions(db: DatabaseSync): TurnTransactions {
  let turn: PromiseWithResolvers<void> | undefined

  function begin(): void {
    if (turn) return
    db.exec('BEGIN IMMEDIATE')
    turn = Promise.withResolvers<void>()
    // A turn without waiters must not end the process when it fails. Waiters get the error.
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
    whenDurable: () => turn?.promise ?? Promise.resolve(),
    end,
  }
}
