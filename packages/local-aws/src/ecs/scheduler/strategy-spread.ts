/** Which capacity provider each new task goes to (API Reference, CapacityProviderStrategyItem: base first, then by weight). */

export interface StrategyItem {
  capacityProvider: string
  base: number
  weight: number
}

/**
 * A provider for each of `count` new tasks, so that all tasks together come as close to the strategy as they can.
 * Without a strategy: undefined for each.
 */
export function spread(
  strategy: readonly StrategyItem[],
  placed: ReadonlyMap<string, number>,
  count: number,
): (string | undefined)[] {
  const counts = new Map(placed)
  return Array.from({ length: count }, () => {
    const chosen = next(strategy, counts)
    if (chosen !== undefined) counts.set(chosen, (counts.get(chosen) ?? 0) + 1)
    return chosen
  })
}

function next(strategy: readonly StrategyItem[], counts: ReadonlyMap<string, number>): string | undefined {
  const have = (item: StrategyItem) => counts.get(item.capacityProvider) ?? 0
  const short = strategy.find((item) => have(item) < item.base)
  if (short) return short.capacityProvider
  // Above the bases: the one whose share would still be the smallest for its weight.
  const load = (item: StrategyItem) => (have(item) - item.base + 1) / item.weight
  return strategy.filter((item) => item.weight > 0).sort((a, b) => load(a) - load(b))[0]?.capacityProvider
}
