/** A table that can be sorted, and whose rows can be selected. A long table renders only the rows that are visible. */
import { useVirtualizer } from '@tanstack/react-virtual'
import { type ReactNode, useMemo, useRef, useState } from 'react'
import { printableContent } from '../parts/printable-text.tsx'
import { SelectAllBox, SelectBox, type TableSelection } from './select-boxes.tsx'

export interface Column<T> {
  title: string
  cell: (row: T) => ReactNode
  sortBy?: (row: T) => string | number
  /** On a phone the cell has a line of its own. */
  hasOwnLineOnPhone?: boolean
  /** Whether the column is left out while no row has a value in it. */
  isOmittedWhenEmpty?: boolean
}

/** A table with more rows renders only the visible ones. */
const maxPlainRows = 200
const rowHeightPx = 28

const isEmptyCell = (content: ReactNode) =>
  content === undefined || content === null || content === false || content === ''

export function Table<T>({
  label,
  columns: allColumns,
  rows,
  keyOf,
  emptyText,
  selection,
  hasOneLineRows = false,
}: {
  label: string
  columns: Column<T>[]
  rows: readonly T[]
  keyOf: (row: T) => string
  /** Shown when there are no rows. */
  emptyText: ReactNode
  /** Without it, the rows have no checkboxes. */
  selection?: TableSelection<T>
  /** Each row has one line, and the wide cell shows as much as fits: rows keep their places while texts change. */
  hasOneLineRows?: boolean
}) {
  const [sort, setSort] = useState<{ title: string; isDescending: boolean }>()
  const scroller = useRef<HTMLDivElement>(null)
  const columns = allColumns.filter(
    ({ cell, isOmittedWhenEmpty }) => !isOmittedWhenEmpty || rows.some((row) => !isEmptyCell(cell(row))),
  )
  const lastChangedKey = useRef<string>(undefined)
  const sorted = useMemo(() => {
    const sortValue = allColumns.find(({ title }) => title === sort?.title)?.sortBy
    if (!sortValue || !sort) return rows
    const sign = sort.isDescending ? -1 : 1
    return rows.toSorted((a, b) => (sortValue(a) < sortValue(b) ? -sign : sortValue(a) > sortValue(b) ? sign : 0))
  }, [rows, sort, allColumns])
  const isVirtual = sorted.length > maxPlainRows
  const virtualizer = useVirtualizer({
    count: isVirtual ? sorted.length : 0,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeightPx,
    overscan: 20,
  })
  if (rows.length === 0) return <div className="panel">{emptyText}</div>
  const items = virtualizer.getVirtualItems()
  const firstShown = isVirtual ? (items[0]?.index ?? 0) : 0
  const lastShown = isVirtual ? (items.at(-1)?.index ?? -1) : sorted.length - 1
  const heightAbove = firstShown * rowHeightPx
  const heightBelow = isVirtual ? (sorted.length - 1 - lastShown) * rowHeightPx : 0
  const columnCount = columns.length + (selection ? 1 : 0)
  /**
   * Returns the keys from the row whose checkbox was changed last to the row of this key, which becomes the one changed
   * last.
   */
  const rangeTo = (key: string) => {
    const keys = sorted.map(keyOf)
    const endIndexes = [lastChangedKey.current ?? key, key].map((each) => keys.indexOf(each))
    lastChangedKey.current = key
    return endIndexes.includes(-1) ? [key] : keys.slice(Math.min(...endIndexes), Math.max(...endIndexes) + 1)
  }
  const table = (
    <table
      className={hasOneLineRows ? 'table cards even' : 'table cards'}
      aria-label={label}
      aria-rowcount={isVirtual ? sorted.length + 1 : undefined}
    >
      <thead>
        <tr>
          {selection && (
            <th scope="col">
              <SelectAllBox {...selection} shownKeys={sorted.map(keyOf)} />
            </th>
          )}
          {columns.map(({ title, sortBy }) => {
            const isSorted = sort?.title === title
            return (
              <th
                key={title}
                scope="col"
                aria-sort={isSorted ? (sort.isDescending ? 'descending' : 'ascending') : undefined}
              >
                {sortBy ? (
                  <button
                    type="button"
                    onClick={() => setSort({ title, isDescending: isSorted ? !sort.isDescending : false })}
                  >
                    {title}
                    {isSorted && (sort.isDescending ? ' ↓' : ' ↑')}
                  </button>
                ) : (
                  title
                )}
              </th>
            )
          })}
        </tr>
      </thead>
      <tbody>
        {heightAbove > 0 && (
          <tr>
            <td style={{ height: heightAbove, padding: 0 }} colSpan={columnCount} />
          </tr>
        )}
        {sorted.slice(firstShown, lastShown + 1).map((row, i) => (
          <tr
            key={keyOf(row)}
            aria-rowindex={isVirtual ? firstShown + i + 2 : undefined}
            data-row=""
            data-selected={selection?.keys.has(keyOf(row))}
          >
            {selection && (
              <td data-title="Select">
                <SelectBox {...selection} rowKey={keyOf(row)} name={selection.nameOf(row)} rangeTo={rangeTo} />
              </td>
            )}
            {columns.map(({ title, cell, hasOwnLineOnPhone }) => (
              <td key={title} data-title={title} data-wide={hasOwnLineOnPhone}>
                {printableContent(cell(row))}
              </td>
            ))}
          </tr>
        ))}
        {heightBelow > 0 && (
          <tr>
            <td style={{ height: heightBelow, padding: 0 }} colSpan={columnCount} />
          </tr>
        )}
      </tbody>
    </table>
  )
  if (!isVirtual) return table
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled region must be reached by keyboard
    <section ref={scroller} className="scroll" aria-label={`${label}, ${sorted.length} rows`} tabIndex={0}>
      {table}
    </section>
  )
}
