/** The limit of a cache by its number of entries. */

/**
 * The options of an `LRUCache` that evicts the least recently used entry beyond `count` entries. With these it grows as
 * it fills; with its own option `max` it would allocate memory for all entries at the start.
 */
export function maxEntries(count: number): { maxSize: number; sizeCalculation: () => number } {
  return { maxSize: count, sizeCalculation: () => 1 }
}
