/**
 * Chooses the capacity provider of each new task: first the strategy's bases are filled, then its weights decide (API
 * Reference, CapacityProviderStrategyItem).
 */

/** A provider of the strategy: it gets `base` tasks first, and of all further tasks a share by `weight`. */
export interface StrategyItem {
  capacityProvider: string
  base: number
  weight: number
}

/**
 * Returns a provider for each of `count` new tasks. Existing and new tasks together then come as close to the strategy
 * as possible. With an empty strategy, the provider of each task is undefined.
 * @param placedCounts the number of tasks that each provider has already
 */
export function chooseProviders(
  strategy: readonly StrategyItem[],
  count: number,
  placedCounts: ReadonlyMap<string, number> = new Map(),
): (string | undefined)[] {
  const counts = new Map(placedCounts)
  return Array.from({ length: count }, () => {
    const chosen = nextProvider(strategy, counts)
    if (chosen !== undefined) counts.set(chosen, (counts.get(chosen) ?? 0) + 1)
    return chosen
  })
}

function nextProvider(strategy: readonly StrategyItem[], counts: ReadonlyMap<string, number>): string | undefined {
  const placedOn = (item: StrategyItem) => counts.get(item.capacityProvider) ?? 0
  const belowBase = strategy.find((item) => placedOn(item) < item.base)
  if (belowBase) return belowBase.capacityProvider
  // All bases are filled: choose the provider whose load in proportion to its weight would be the smallest.
  const load = (item: StrategyItem) => (placedOn(item) - item.base + 1) / item.weight
  return strategy.filter((item) => item.weight > 0).sort((a, b) => load(a) - load(b))[0]?.capacityProvider
}
