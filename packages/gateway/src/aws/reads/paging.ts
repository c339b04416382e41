/** ECS's lists come in pages and its describes take so many at a time: the whole of both. */

export interface Listed {
  items: string[] | undefined
  nextToken: string | undefined
}

/**
 * All pages of a list, one after the other: each needs the token of the one before.
 * @param onPage what can be done with a page while the next one is fetched
 */
export async function everyPage(
  fetch: (nextToken: string | undefined) => Promise<Listed>,
  onPage?: (items: string[]) => void,
): Promise<string[]> {
  const all: string[] = []
  let nextToken: string | undefined
  do {
    const page = await fetch(nextToken)
    const { items = [] } = page
    all.push(...items)
    onPage?.(items)
    nextToken = page.nextToken
  } while (nextToken !== undefined)
  return all
}

/** At most this many describes of one request are under way at once: AWS's request buckets are shared by everybody. */
const atOnce = 5

/** The answers to all items, asked for in batches of `size`; in the order of the items. */
export async function inBatches<Item, Answer>(
  items: readonly Item[],
  size: number,
  ask: (batch: Item[]) => Promise<Answer[]>,
): Promise<Answer[]> {
  const batches = Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
    items.slice(i * size, (i + 1) * size),
  )
  const answers: Answer[][] = []
  let next = 0
  const work = async (): Promise<void> => {
    while (next < batches.length) {
      const mine = next++
      answers[mine] = await ask(batches[mine]!)
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, batches.length) }, work))
  return answers.flat()
}
