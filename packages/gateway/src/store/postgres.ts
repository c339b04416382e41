/**
 * PostgreSQL, for several processes and machines on one store. Every question to it ends: on a network that swallows what is sent neither side
 * would hear that the other has gone. Where it can't be reached, or can't do what it should, that is the problem `StoreUnavailable`.
 */
import { type Dialect, PostgresDialect, type PostgresPool, type PostgresPoolClient } from 'kysely'
import type { Pool, PoolClient, QueryResult } from 'pg'
import { storeUnavailable } from './unavailable.ts'

const connectMs = 5_000
const keepAliveMs = 10_000
/** The server gives up first: what it has given up has not happened. */
const answerLaterMs = 1_000

export interface PostgresUse {
  connections: number
  /** Of one statement. */
  longestMs: number
}

/** For requests, and what goes on beside them. */
export const promptly: PostgresUse = { connections: 10, longestMs: 5_000 }
/** For statements that go through whole tables. */
export const patiently: PostgresUse = { connections: 2, longestMs: 3_600_000 }

/** @param url as libpq takes it: `postgres://user:password@host:5432/database?sslmode=verify-full` */
export async function postgresDialect(
  url: string,
  { connections, longestMs }: PostgresUse,
  onLost: (error: Error) => void,
): Promise<Dialect> {
  const { default: pg } = await import('pg')
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: connectMs,
    statement_timeout: longestMs,
    query_timeout: longestMs + answerLaterMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveMs,
    application_name: 'ecs-api',
  })
  // An idle connection that the server ends is no fault of a request's; the pool makes another.
  pool.on('error', onLost)
  // Nor is one that it ends while it is lent out and asked nothing: whoever asks next hears of it. Unheard it would end the process.
  pool.on('connect', (client) => client.on('error', () => {}))
  const refusal = (error: unknown) => (error instanceof pg.DatabaseError ? (error.code ?? '') : undefined)
  return new PostgresDialect({ pool: answering(pool, refusal) })
}

/** @param refusal the server's SQLSTATE; undefined for an error that is not the server's */
function answering(pool: Pool, refusal: (error: unknown) => string | undefined): PostgresPool {
  return {
    options: pool.options,
    end: () => pool.end(),
    connect: async () => {
      try {
        return lent(await pool.connect(), refusal)
      } catch (error) {
        throw storeUnavailable(error)
      }
    },
  }
}

/**
 * What the server says when it can't do what it should, or is ending (PostgreSQL, "Error Codes"): connection exceptions, insufficient resources,
 * operator intervention with a statement's timeout, system errors, a lock that was not to be had, a deadlock, and a replica that can't be written to.
 */
const isInNoState = /^(08|53|57|58|55P03|40001|40P01|25006)/

/** PostgreSQL's text holds every character but this one: it is kept, and looked for, as the one that stands for what can't be shown. */
function withoutNul(parameter: unknown): unknown {
  return typeof parameter === 'string' ? parameter.replaceAll('\0', '\ufffd') : parameter
}

function lent(client: PoolClient, refusal: (error: unknown) => string | undefined): PostgresPoolClient {
  let lost: unknown
  const query = async (sql: string, parameters: unknown[]): Promise<QueryResult> => {
    if (lost) throw storeUnavailable(lost)
    try {
      return await client.query(sql, parameters.map(withoutNul))
    } catch (error) {
      const code = refusal(error)
      // An answer that comes late would be taken for the next question's.
      if (code === undefined) lost = error
      throw code === undefined || isInNoState.test(code) ? storeUnavailable(error) : error
    }
  }
  // Kysely's type has a second form, for cursors, which this program has none of.
  return { query: query as never, release: (destroy) => client.release(lost !== undefined || destroy) }
}
