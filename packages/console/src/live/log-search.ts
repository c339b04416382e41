/** The lines of a log that a page shows, kept in the query of its address, so that a link shows the same lines. */
import { useLocation, useSearch } from 'wouter'

export interface LogSearch {
  /** Only lines that contain this text. */
  text: string | undefined
  container: string | undefined
  /** Shows the lines around this time (ISO 8601) instead of the newest lines. */
  at: string | undefined
  /** The id of the highlighted line. */
  line: string | undefined
}

const parameterNames = ['text', 'container', 'at', 'line'] as const

export function useLogSearch() {
  const [path, navigate] = useLocation()
  const query = useSearch()
  const parameters = new URLSearchParams(query)
  const search = Object.fromEntries(
    parameterNames.map((name) => [name, parameters.get(name) ?? undefined]),
  ) as unknown as LogSearch
  /** The address of this page that shows the wanted lines. */
  const addressOf = (wanted: Partial<LogSearch>) => {
    const next = new URLSearchParams(query)
    for (const name of parameterNames) {
      const value = wanted[name]
      if (value === undefined || value === '') next.delete(name)
      else next.set(name, value)
    }
    return next.size > 0 ? `${path}?${next}` : path
  }
  return {
    search,
    addressOf,
    change: (change: Partial<LogSearch>) => navigate(addressOf({ ...search, ...change }), { replace: true }),
  }
}
