/** The checkboxes of a table whose rows can be selected: one in each row, and one in the head for all rows. */
import { printable } from '../parts/printable-text.tsx'

/** The selection of a table’s rows. */
export interface TableSelection<T> {
  keys: ReadonlySet<string>
  select: (keys: ReadonlySet<string>) => void
  nameOf: (row: T) => string
}

/** @returns a copy of the set with these keys, or without them */
function withSelected(keys: ReadonlySet<string>, some: readonly string[], isSelected: boolean): Set<string> {
  const next = new Set(keys)
  for (const key of some)
    if (isSelected) next.add(key)
    else next.delete(key)
  return next
}

/** Selects all rows that the table shows. Selected rows that the filter hides stay selected. */
export function SelectAllBox({
  shownKeys,
  keys,
  select,
}: {
  shownKeys: readonly string[]
} & Pick<TableSelection<unknown>, 'keys' | 'select'>) {
  const count = shownKeys.filter((key) => keys.has(key)).length
  const isAll = count > 0 && count === shownKeys.length
  return (
    <label className="select-row">
      <input
        type="checkbox"
        ref={(box) => {
          if (box) box.indeterminate = count > 0 && !isAll
        }}
        checked={isAll}
        onChange={() => select(withSelected(keys, shownKeys, !isAll))}
      />
      <span>Select all</span>
    </label>
  )
}

/**
 * @param rangeTo returns the keys from the row that was changed last to this one, which becomes the last one. Shift
 *   changes all of them
 */
export function SelectBox({
  rowKey,
  name,
  keys,
  select,
  rangeTo,
}: {
  rowKey: string
  name: string
  rangeTo: (key: string) => readonly string[]
} & Pick<TableSelection<unknown>, 'keys' | 'select'>) {
  const isSelected = keys.has(rowKey)
  return (
    <label className="select-row">
      <input
        type="checkbox"
        // The shortcut X clicks it (app/keys.ts).
        data-key="x"
        aria-label={`Select ${printable(name)}`}
        checked={isSelected}
        onChange={({ nativeEvent }) => {
          const range = rangeTo(rowKey)
          const hasShift = (nativeEvent as MouseEvent).shiftKey
          select(withSelected(keys, hasShift ? range : [rowKey], !isSelected))
        }}
      />
    </label>
  )
}
