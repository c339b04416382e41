/** PostgreSQL, for several processes and machines on one store. */
import { type Dialect, PostgresDialect } from 'kysely'

const mostConnections = 10
const connectMs = 5_000
const statementMs = 15_000

/** @param url as libpq takes it: `postgres://user:password@host:5432/database?sslmode=verify-full` */
export async function postgresDialect(url: string, onLost: (error: Error) => void): Promise<Dialect> {
  const { default: pg } = await import('pg')
  const pool = new pg.Pool({
    connectionString: url,
    max: mostConnections,
    connectionTimeoutMillis: connectMs,
    statement_timeout: statementMs,
    application_name: 'ecs-api',
  })
  // An idle connection that the server ends is no fault of a request's; the pool makes another.
  pool.on('error', onLost)
  // Nor is one that it ends while it is lent out and asked nothing: whoever asks next hears of it. Unheard it would end the process.
  pool.on('connect', (client) => client.on('error', () => {}))
  return new PostgresDialect({ pool })
}
