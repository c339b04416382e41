/** The lines of a log that a page shows, kept in the query of its address, so that a link shows the same lines. */
import { useAddressSearch } from './address-search.ts'

export interface LogSearch {
  /** Only lines that contain this text. */
  text: string | undefined
  /** Any value: capital and small letters of the text differ. */
  case: string | undefined
  container: string | undefined
  /** The id of the task, in the log of a service. */
  task: string | undefined
  /** Only lines from this time on: ISO 8601, or a duration back from now, such as `15m`. */
  since: string | undefined
  /** Only lines before this time, in the form of `since`. */
  until: string | undefined
  /** Shows the lines around this time (ISO 8601) instead of the newest lines. */
  at: string | undefined
  /** The id of the highlighted line. */
  line: string | undefined
}

const parameterNames = ['text', 'case', 'container', 'task', 'since', 'until', 'at', 'line'] as const

/** No filter: the newest lines of all containers and tasks. */
export const noLogFilter: Partial<LogSearch> = Object.fromEntries(parameterNames.map((name) => [name, undefined]))

export const isDuration = (time: string) => /^\d+[smhdw]$/.test(time)
const isTime = (time: string) => !Number.isNaN(Date.parse(time))

/** The times of the search without the invalid ones, and the first invalid one as `badTime`. */
export function validTimesOf({ at, since, until }: LogSearch) {
  const valid = {
    at: at !== undefined && isTime(at) ? at : undefined,
    since: since !== undefined && (isDuration(since) || isTime(since)) ? since : undefined,
    until: until !== undefined && (isDuration(until) || isTime(until)) ? until : undefined,
  }
  const badTime = [
    [at, valid.at],
    [since, valid.since],
    [until, valid.until],
  ].find(([given, validTime]) => given !== validTime)?.[0]
  return { ...valid, badTime }
}

export function useLogSearch() {
  const { search: parameters, addressWith, changeSearch } = useAddressSearch()
  const search = Object.fromEntries(
    parameterNames.map((name) => [name, parameters.get(name) ?? undefined]),
  ) as unknown as LogSearch
  return {
    search,
    /** The address of this page that shows the wanted lines. */
    addressOf: (wanted: Partial<LogSearch>) => addressWith({ ...noLogFilter, ...wanted }),
    changeSearch: (change: Partial<LogSearch>) => changeSearch({ ...change }),
  }
}
