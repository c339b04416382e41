/** The part of the address that says which lines of a log are shown, so that a link shows the same ones. */
import { useLocation, useSearch } from 'wouter'

export interface LogSearch {
  /** Only lines that contain this text. */
  text: string | undefined
  container: string | undefined
  /** The lines around this time (ISO 8601) instead of the newest ones. */
  at: string | undefined
  /** The id of the line that is marked. */
  line: string | undefined
}

const names = ['text', 'container', 'at', 'line'] as const

export function useLogSearch() {
  const [path, navigate] = useLocation()
  const query = useSearch()
  const given = new URLSearchParams(query)
  const search = Object.fromEntries(names.map((name) => [name, given.get(name) ?? undefined])) as unknown as LogSearch
  /** The address of this page with other lines. */
  const addressOf = (wanted: Partial<LogSearch>) => {
    const next = new URLSearchParams(query)
    for (const name of names) {
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
