/**
 * A list that is read in pages, newest first. Every view of the list shows all pages read so far, and a refetch reads
 * them all again. The wanted number of items is stored with the data. An infinite query of TanStack does not fit: a
 * change on the stream refetches the list, and that would cancel the request for an older page.
 */
import { type QueryKey, useQuery, useQueryClient } from '@tanstack/react-query'

/** The largest `limit` of the API. */
const maxLimit = 1000

export interface PagedList<T> {
  /** Undefined until the first page has arrived. */
  data: T[] | undefined
  error: unknown
  isPending: boolean
  /** Reads one more page; undefined when there is none. */
  readOlder: (() => void) | undefined
  isReadingOlder: boolean
}

interface ReadItems<T> {
  items: T[]
  hasOlder: boolean
  wantedCount: number
}

interface Page {
  items: readonly unknown[]
  nextCursor: string | null
}

interface PagedListOptions<P extends Page> {
  queryKey: QueryKey
  readPage: (page: { limit: number; cursor?: string }) => Promise<P>
  pageLength: number
  refetchInterval: number | (() => number)
  isEnabled?: boolean
}

export function usePagedList<P extends Page>({
  queryKey,
  readPage,
  pageLength,
  refetchInterval,
  isEnabled = true,
}: PagedListOptions<P>): PagedList<P['items'][number]> {
  type ItemsSoFar = ReadItems<P['items'][number]>
  const queryClient = useQueryClient()
  const { data, error, isPending } = useQuery({
    queryKey,
    queryFn: async (): Promise<ItemsSoFar> => {
      const wantedCount = queryClient.getQueryData<ItemsSoFar>(queryKey)?.wantedCount ?? pageLength
      const items: ItemsSoFar['items'] = []
      let cursor: string | null = null
      do {
        const limit = Math.min(maxLimit, wantedCount - items.length)
        const page: P = await readPage({ limit, ...(cursor !== null && { cursor }) })
        items.push(...page.items)
        cursor = page.nextCursor
      } while (cursor !== null && items.length < wantedCount)
      return { items, hasOlder: cursor !== null, wantedCount }
    },
    refetchInterval,
    enabled: isEnabled,
  })
  const readOlder = () => {
    queryClient.setQueryData<ItemsSoFar>(
      queryKey,
      (read) => read && { ...read, wantedCount: read.items.length + pageLength },
    )
    void queryClient.invalidateQueries({ queryKey, exact: true })
  }
  const hasOlder = data?.hasOlder === true
  return {
    data: data?.items,
    error,
    isPending,
    readOlder: hasOlder ? readOlder : undefined,
    isReadingOlder: hasOlder && error === null && data.wantedCount > data.items.length,
  }
}
