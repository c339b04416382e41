/** Reads all pages of ECS's lists, and processes any number of items in batches. */

export interface Page {
  items: string[] | undefined
  /** Undefined on the last page. */
  nextToken: string | undefined
}

/**
 * Returns the items of all pages of a list. Pages are fetched one after another, because each needs the token of the
 * page before.
 * @param onPage called with a page's items before the next page is fetched
 */
export async function itemsOfAllPages(
  fetchPage: (nextToken: string | undefined) => Promise<Page>,
  onPage?: (items: string[]) => void,
): Promise<string[]> {
  const all: string[] = []
  let nextToken: string | undefined
  do {
    const page = await fetchPage(nextToken)
    const { items = [] } = page
    all.push(...items)
    onPage?.(items)
    nextToken = page.nextToken
  } while (nextToken !== undefined)
  return all
}

/** Splits the items into lists of at most `size`. */
export function inBatches<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size))
}

/** The most calls in flight at once for one request: all clients share AWS's request buckets. */
const maxConcurrent = 5

/** Calls `mapBatch` for batches of `size` items, and returns all results in the order of the items. */
export async function mapInBatches<Item, Result>(
  items: readonly Item[],
  size: number,
  mapBatch: (batch: Item[]) => Promise<Result[]>,
): Promise<Result[]> {
  const batches = inBatches(items, size)
  const results: Result[][] = []
  let next = 0
  const work = async (): Promise<void> => {
    while (next < batches.length) {
      const index = next++
      results[index] = await mapBatch(batches[index]!)
    }
  }
  await Promise.all(Array.from({ length: Math.min(maxConcurrent, batches.length) }, work))
  return results.flat()
}
