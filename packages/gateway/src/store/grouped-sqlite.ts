/**
 * A Kysely dialect for `node:sqlite`. All writes of one turn of the event loop share one transaction, so that
 * concurrent changes wait for one commit to the disk instead of one each. A write resolves when it is on the disk.
 */
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import type { CompiledQuery, DatabaseConnection, Dialect, Driver, QueryResult } from 'kysely'
import { LRUCache } from 'lru-cache'
import { kysely } from './kysely.ts'
import { translateErrors } from './sqlite-errors.ts'

/** @param onClosed called when the database is closed */
export function groupedSqlite(db: DatabaseSync, onClosed = () => {}): Dialect {
  const { SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } = kysely()
  /** Without several connections, Kysely would run queries one after another. Here only commits have to wait. */
  class Adapter extends SqliteAdapter {
    override get supportsMultipleConnections(): boolean {
      return true
    }
  }
  return {
    createAdapter: () => new Adapter(),
    createDriver: () => new GroupedSqlite(db, onClosed),
    createIntrospector: (on) => new SqliteIntrospector(on),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  }
}

const maxStatements = 200

class GroupedSqlite implements Driver {
  readonly #db: DatabaseSync
  readonly #onClosed: () => void
  /**
   * An evicted statement is finalized by the garbage collector: node:sqlite has no other way, except closing the
   * database.
   */
  readonly #prepared = new LRUCache<string, StatementSync>({ max: maxStatements })
  /** The open transaction of this turn's writes; settled with its commit. */
  #group: PromiseWithResolvers<void> | undefined
  /** A transaction that a caller has opened. Queries of others wait for its end. */
  #exclusive: (PromiseWithResolvers<void> & { owner: DatabaseConnection }) | undefined

  constructor(db: DatabaseSync, onClosed: () => void) {
    this.#db = db
    this.#onClosed = onClosed
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    const connection: DatabaseConnection = {
      executeQuery: <Row>(query: CompiledQuery) => translateErrors(() => this.#execute<Row>(connection, query)),
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
    await translateErrors(async () => {
      this.#db.exec('BEGIN IMMEDIATE')
      this.#exclusive = { ...Promise.withResolvers<void>(), owner }
    })
  }

  async commitTransaction(): Promise<void> {
    await translateErrors(async () => this.#end('COMMIT'))
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
    // The writes of the group await the promise. Its rejection must not count as unhandled when none of them is left.
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
