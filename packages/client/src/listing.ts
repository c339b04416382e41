/** Lists: `for await` yields all items and requests each page when it is needed. `page()` returns one page. */
import { type Call, type Destination, type OperationId, type PathValues, type Result, send } from './call.ts'

export interface Page {
  items: readonly unknown[]
  nextCursor: string | null
}

export interface Listing<P extends Page> extends AsyncIterable<P['items'][number]> {
  /** One page, with `nextCursor`: the first one, or the one at the `cursor` of the query. */
  page: () => Promise<P>
}

type ListId = { [Id in OperationId]: Result<Id> extends Page ? Id : never }[OperationId]

export function listing<Id extends ListId>(
  destination: Destination,
  apiCall: Call<Id>,
  pathValues: () => PathValues,
  query: { cursor?: string | undefined } = {},
): Listing<Result<Id> & Page> {
  const page = (cursor: string | undefined) =>
    send(destination, apiCall, pathValues, undefined, { ...query, cursor }) as Promise<Result<Id> & Page>
  return {
    page: () => page(query.cursor),
    async *[Symbol.asyncIterator]() {
      let { cursor } = query
      do {
        const { items, nextCursor } = await page(cursor)
        yield* items
        cursor = nextCursor ?? undefined
      } while (cursor !== undefined)
    },
  } as Listing<Result<Id> & Page>
}
