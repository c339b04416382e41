/** How a resource is shown to people: the columns of a list, the fields of a single resource, and the name for `-q`. */
import type { Style } from './style.ts'
import type { Column } from './table.ts'

export type Field = readonly [label: string, value: string | number | undefined | null, style?: Style | undefined]

export interface ResourceView<T> {
  /** The plural, as in `No services.` */
  noun: string
  columns: readonly Column<T>[]
  /** The name of the resource, as other commands take it. */
  name: (item: T) => string
  /** The next step when a list is empty. */
  whenEmpty?: string
  /** The lines of a single resource. Without it, the resource is shown as a table with one row. */
  fields?: (item: T, now: number) => readonly Field[]
}

export interface Page<T> {
  items: readonly T[]
  nextCursor: string | null
}
