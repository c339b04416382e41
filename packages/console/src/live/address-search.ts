import { useLocation, useSearch } from 'wouter'

/**
 * The query of the page's address, which keeps filters: a link and the Back button of the browser show the same part of
 * a list again.
 */
export function useAddressSearch() {
  const [path, navigate] = useLocation()
  const query = useSearch()
  const search = new URLSearchParams(query)
  /** The address of this page with other parameters. An empty or undefined one is left out. */
  const addressWith = (change: Readonly<Record<string, string | undefined>>) => {
    const next = new URLSearchParams(query)
    for (const [name, value] of Object.entries(change)) {
      if (value) next.set(name, value)
      else next.delete(name)
    }
    return next.size > 0 ? `${path}?${next}` : path
  }
  return {
    search,
    addressWith,
    /** A change of a filter is no step of the history. */
    changeSearch: (change: Readonly<Record<string, string | undefined>>) =>
      navigate(addressWith(change), { replace: true }),
  }
}
