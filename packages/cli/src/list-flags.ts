/** Paging of lists: all pages, or the first `--limit` items. */
import type { Flag } from './command.ts'
import type { Flags } from './flags.ts'
import type { Page } from './out/shape.ts'

export const limitFlag: Flag = { spec: '--limit <n>', summary: 'at most that many items', kind: 'integer' }

const maxPage = 1000

interface AnyPage {
  items: readonly unknown[]
  nextCursor: string | null
}

/** Reads pages until the limit; `nextCursor` continues after the last item. */
export async function collectPages<P extends AnyPage>(
  flags: Flags,
  readPage: (query: { limit: number; cursor?: string }) => Promise<P>,
): Promise<Page<P['items'][number]>> {
  const wanted = flags.integer('limit') ?? Number.POSITIVE_INFINITY
  const items: P['items'][number][] = []
  let cursor: string | null = null
  while (items.length < wanted) {
    const limit = Math.min(maxPage, wanted - items.length)
    const page: P = await readPage({ limit, ...(cursor !== null && { cursor }) })
    items.push(...page.items)
    cursor = page.nextCursor
    if (cursor === null) break
  }
  return { items, nextCursor: cursor }
}
