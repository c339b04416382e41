/** Reads the pages of a list: all, or as many as `--limit` needs. */
import type { Flag } from './command.ts'
import { UsageError } from './errors.ts'
import type { Flags } from './flags.ts'
import type { Page } from './out/resource-view.ts'

export const limitFlag: Flag = { spec: '--limit <n>', summary: 'at most that many items', kind: 'integer' }

/** The gateway's maximum for a page. */
const maxPageItems = 1000

interface AnyPage {
  items: readonly unknown[]
  nextCursor: string | null
}

/**
 * Reads pages until `--limit` items are read or the list ends. `nextCursor` of the result continues after
 * the last item.
 * @throws UsageError for a limit of 0
 */
export async function collectPages<P extends AnyPage>(
  flags: Flags,
  readPage: (query: { limit: number; cursor?: string }) => Promise<P>,
): Promise<Page<P['items'][number]>> {
  const maxItems = flags.integer('limit') ?? Number.POSITIVE_INFINITY
  if (maxItems < 1) throw new UsageError('--limit must be at least 1.')
  const items: P['items'][number][] = []
  let cursor: string | null = null
  while (items.length < maxItems) {
    const limit = Math.min(maxPageItems, maxItems - items.length)
    const page: P = await readPage({ limit, ...(cursor !== null && { cursor }) })
    items.push(...page.items)
    cursor = page.nextCursor
    if (cursor === null) break
  }
  return { items, nextCursor: cursor }
}
