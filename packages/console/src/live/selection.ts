/**
 * The selected items of a list. They stay selected when the list is read again. An item that vanishes is deselected.
 */
import { useState } from 'react'

export interface Selection<T> {
  keys: ReadonlySet<string>
  /** In the order of the list. */
  items: T[]
  select: (keys: ReadonlySet<string>) => void
}

const noKeys: ReadonlySet<string> = new Set()

/** @param list the whole list, without the filter of the page; undefined while it is loading */
export function useSelection<T>(list: readonly T[] | undefined, keyOf: (item: T) => string): Selection<T> {
  const [keys, setKeys] = useState(noKeys)
  const items = (list ?? []).filter((item) => keys.has(keyOf(item)))
  // A deleted resource must not be selected again when another one gets its name.
  if (list && items.length < keys.size) setKeys(new Set(items.map(keyOf)))
  return { keys, items, select: setKeys }
}
