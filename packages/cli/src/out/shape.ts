/** How a resource is shown: the columns of its list, the lines of one, and its name for `-q`. */

import type { Style } from './style.ts'
import type { Column } from './table.ts'

type Field = readonly [label: string, value: string | number | undefined | null, style?: Style | undefined]

export interface Shape<T> {
  /** Plural, as in `No services in …`. */
  noun: string
  columns: readonly Column<T>[]
  /** The last column is text to read: on a terminal it is broken into lines and never shortened. */
  isProse?: boolean
  /** As a later command takes it. */
  name: (item: T) => string
  /** The next step when a list is empty. */
  whenEmpty?: string
  fields?: (item: T, now: number) => readonly Field[]
}

export interface Page<T> {
  items: readonly T[]
  nextCursor: string | null
}
