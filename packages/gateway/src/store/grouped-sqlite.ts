/**
 * A Kysely dialect for `node:sqlite`. All writes of one turn of the event loop share one transaction. Concurrent
 * changes therefore wait for one commit to the disk, and not for one commit each. A write resolves when it is on the
 * disk.
 */
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import type { CompiledQuery, DatabaseConnection, Dialect, Driver, QueryResult } from 'kysely'
import { LRUCache } from 'lru-cache'
import { maxEntries } from '../lru-cache/max-entries.ts'
import { loadKysely } from './kysely.ts'
import { translateSqliteErrors } from './sqlite-errors.ts'

/** The dialect for a Kysely on this database. @param onClosed called when the database is closed */
export function groupedSqlite(db: DatabaseSync, onClosed = () => {}): Dialect {
  const { SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } = loadKysely()
  /** Without several connections, Kysely would run queries one after another. Here only the commits wait. */
  class Adapter extends SqliteAdapter {
    override get supportsMultipleConnections(): boolean {
      return true
    }
  }
  return {
    createAdapter: () => new Adapter(),
    createDriver: () => new GroupedSqlite(db, onClosed),
    createIntrospector: (database) => new SqliteIntrospector(database),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  }
}

const maxStatements = 200

class GroupedSqlite implements Driver {
  readonly #db: DatabaseSync
  readonly #onClosed: () => void
  /**
   * The garbage collector finalizes an evicted statement: node:sqlite can finalize it earlier only by closing the
   * database.
   */
  readonly #prepared = new LRUCache<string, StatementSync>(maxEntries(maxStatements))
  /** The open transaction of this turn's writes. Its promise settles with the commit. */
  #group: PromiseWithResolvers<void> | undefined
  /** A transaction that a caller has opened. Queries of other connections wait for its end. */
  #exclusive: (PromiseWithResolvers<void> & { owner: DatabaseConnection }) | undefined

  constructor(db: DatabaseSync, onClosed: () => void) {
    this.#db = db
    this.#onClosed = onClosed
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    const connection: DatabaseConnection = {
      executeQuery: <Row>(query: CompiledQuery) => translateSqliteErrors(() => this.#execute<Row>(connection, query)),
      streamQuery: () => {
        throw new Error('Rows are not streamed from SQLite.')
      },
    }
    return connection
  }

  async releaseConnection(): Promise<void> {}

  async beginTransaction(owner: DatabaseConnection): Promise<void> {
    while (this.#exclusive) await this.#exclusive.promise
    this.#commit()
    await translateSqliteErrors(async () => {
      this.#db.exec('BEGIN IMMEDIATE')
      this.#exclusive = { ...Promise.withResolvers<void>(), owner }
    })
  }

  async commitTransaction(): Promise<void> {
    await translateSqliteErrors(async () => this.#end('COMMIT'))
  }

  async rollbackTransaction(): Promise<void> {
    this.#end('ROLLBACK')
  }

  async destroy(): Promise<void> {
    this.#commit()
    this.#prepared.clear()
    this.#db.close()
    this.#onClosed()
  }

  async #execute<Row>(connection: DatabaseConnection, query: CompiledQuery): Promise<QueryResult<Row>> {
    while (this.#exclusive && this.#exclusive.owner !== connection) await this.#exclusive.promise
    if (this.#exclusive || query.query.kind === 'SelectQueryNode') return this.#run<Row>(query)
    const group = this.#openGroup()
    try {
      const result = this.#run<Row>(query)
      await group.promise
      return result
    } catch (error) {
      // A rejected statement leaves the transaction open for the other writes. A full disk ends the transaction.
      if (!this.#db.isTransaction && this.#group === group) {
        this.#group = undefined
        group.reject(error)
      }
      throw error
    }
  }

  #openGroup(): PromiseWithResolvers<void> {
    if (this.#group) return this.#group
    this.#db.exec('BEGIN IMMEDIATE')
    const group = Promise.withResolvers<void>()
    // Node must not report a rejection as unhandled when no write of the group awaits the promise any more.
    group.promise.catch(() => {})
    this.#group = group
    setImmediate(() => this.#group === group && this.#commit())
    return group
  }

  #commit(): void {
    const group = this.#group
    this.#group = undefined
    if (!group) return
    try {
      this.#db.exec('COMMIT')
      group.resolve()
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK')
      group.reject(error)
    }
  }

  #end(statement: 'COMMIT' | 'ROLLBACK'): void {
    const transaction = this.#exclusive
    this.#exclusive = undefined
    try {
      this.#db.exec(statement)
    } finally {
      transaction?.resolve()
    }
  }

  #run<Row>({ sql, parameters }: CompiledQuery): QueryResult<Row> {
    const statement = this.#statement(sql)
    const values = parameters as SQLInputValue[]
    if (statement.columns().length > 0) return { rows: statement.all(...values) as Row[] }
    const { changes } = statement.run(...values)
    return { numAffectedRows: BigInt(changes), rows: [] }
  }

  #statement(sql: string): StatementSync {
    const existing = this.#prepared.get(sql)
    if (existing) return existing
    const statement = this.#db.prepare(sql)
    this.#prepared.set(sql, statement)
    return statement
  }
}
