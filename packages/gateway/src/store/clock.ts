/** Times on the database's clock, which all processes share. */
import type { RawBuilder } from 'kysely'
import { loadKysely } from './kysely.ts'
import type { Store } from './store.ts'

/** SQL for the time `seconds` from now (negative: in the past), as ISO 8601 in UTC with milliseconds. */
export const secondsFromNow: Readonly<Record<Store['kind'], (seconds: number) => RawBuilder<string>>> = {
  sqlite: (seconds) => loadKysely().sql<string>`strftime('%Y-%m-%dT%H:%M:%fZ', 'now', ${`${seconds} seconds`})`,
  postgres: (seconds) =>
    loadKysely()
      .sql<string>`to_char(clock_timestamp() at time zone 'utc' + make_interval(secs => ${seconds}), 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`,
}
