/**
 * PostgreSQL as the store, for several processes and machines. Every query ends within a time limit: on a network that
 * drops packets, neither side would notice that the other is gone. When PostgreSQL cannot be reached, or cannot do its
 * work, queries throw the problem `StoreUnavailable`.
 */
import type { Dialect, PostgresPool, PostgresPoolClient } from 'kysely'
import type { Pool, PoolClient, QueryResult } from 'pg'
import { loadKysely } from './kysely.ts'
import { storeUnavailable } from './unavailable.ts'

const connectTimeoutMs = 5_000
const keepAliveMs = 10_000
/**
 * The server cancels a statement before the client stops waiting: a statement that the server has cancelled has
 * certainly not taken effect.
 */
const clientTimeoutExtraMs = 1_000

export interface PoolOptions {
  connections: number
  /** Time limit of one statement. */
  statementTimeoutMs: number
}

/** For the statements of requests and of short background work. */
export const requestPool: PoolOptions = { connections: 10, statementTimeoutMs: 5_000 }
/** For statements that go through whole tables. */
export const backgroundPool: PoolOptions = { connections: 2, statementTimeoutMs: 3_600_000 }

/**
 * @param url in libpq's form: `postgres://user:password@host:5432/database?sslmode=verify-full`
 * @param onLost called when the server ends an idle connection
 */
export async function postgresDialect(
  url: string,
  { connections, statementTimeoutMs }: PoolOptions,
  onLost: (error: Error) => void,
): Promise<Dialect> {
  const { default: pg } = await import('pg')
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs + clientTimeoutExtraMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveMs,
    application_name: 'ecs-api',
  })
  // When the server ends an idle connection, no request fails: the pool replaces the connection.
  pool.on('error', onLost)
  // The server may also end a connection that is in use by a transaction. The next query then fails. Without a
  // listener, the event would end the process.
  pool.on('connect', (client) => client.on('error', () => {}))
  const sqlStateOf = (error: unknown) => (error instanceof pg.DatabaseError ? (error.code ?? '') : undefined)
  const { PostgresDialect } = loadKysely()
  return new PostgresDialect({ pool: wrapPool(pool, sqlStateOf) })
}

/** @param sqlStateOf the server's SQLSTATE; undefined for an error that is not the server's */
function wrapPool(pool: Pool, sqlStateOf: (error: unknown) => string | undefined): PostgresPool {
  return {
    options: pool.options,
    end: () => pool.end(),
    connect: async () => {
      try {
        return wrapClient(await pool.connect(), sqlStateOf)
      } catch (error) {
        throw storeUnavailable(error)
      }
    },
  }
}

/**
 * The SQLSTATEs of a server that cannot do its work or is shutting down (PostgreSQL, "Error Codes"): connection
 * exceptions, insufficient resources, operator intervention (which includes a statement's timeout), system errors, a
 * lock that is not available, a serialization failure, a deadlock, and a write to a replica.
 */
const unavailableStates = /^(08|53|57|58|55P03|40001|40P01|25006)/

/**
 * Replaces NUL, which PostgreSQL's text cannot hold, with the replacement character in stored values and in filters.
 */
function withoutNul(parameter: unknown): unknown {
  return typeof parameter === 'string' ? parameter.replaceAll('\0', '\ufffd') : parameter
}

function wrapClient(client: PoolClient, sqlStateOf: (error: unknown) => string | undefined): PostgresPoolClient {
  let connectionError: unknown
  const query = async (sql: string, parameters: unknown[]): Promise<QueryResult> => {
    if (connectionError) throw storeUnavailable(connectionError)
    try {
      return await client.query(sql, parameters.map(withoutNul))
    } catch (error) {
      const sqlState = sqlStateOf(error)
      // The connection cannot be used again: a late response would look like the response of the next query.
      if (sqlState === undefined) connectionError = error
      throw sqlState === undefined || unavailableStates.test(sqlState) ? storeUnavailable(error) : error
    }
  }
  // Kysely's type has an overload for cursors, which this program does not use.
  return { query: query as never, release: (destroy) => client.release(connectionError !== undefined || destroy) }
}
