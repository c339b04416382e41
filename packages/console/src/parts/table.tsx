/** A real table: sorted on request, and virtual where it is long. */
import { useVirtualizer } from '@tanstack/react-virtual'
import { type ReactNode, useMemo, useRef, useState } from 'react'
import { withVisibleText } from './external-text.tsx'

export interface Column<T> {
  title: string
  cell: (row: T) => ReactNode
  sortBy?: (row: T) => string | number
  /** On a phone it has a line of its own. */
  wide?: boolean
}

const virtualFrom = 200
const rowHeight = 28

export function Table<T>({
  label,
  columns,
  rows,
  keyOf,
  empty,
  onOpen,
}: {
  label: string
  columns: Column<T>[]
  rows: readonly T[]
  keyOf: (row: T) => string
  empty: ReactNode
  /** Enter on a row. */
  onOpen?: (row: T) => void
}) {
  const [sort, setSort] = useState<{ title: string; descending: boolean }>()
  const scroller = useRef<HTMLDivElement>(null)
  const sorted = useMemo(() => {
    const sortValue = columns.find(({ title }) => title === sort?.title)?.sortBy
    if (!sortValue || !sort) return rows
    const sign = sort.descending ? -1 : 1
    return rows.toSorted((a, b) => (sortValue(a) < sortValue(b) ? -sign : sortValue(a) > sortValue(b) ? sign : 0))
  }, [rows, sort, columns])
  const isVirtual = sorted.length > virtualFrom
  const virtualizer = useVirtualizer({
    count: isVirtual ? sorted.length : 0,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 20,
  })
  if (rows.length === 0) return <div className="panel">{empty}</div>
  const items = virtualizer.getVirtualItems()
  const first = isVirtual ? (items[0]?.index ?? 0) : 0
  const last = isVirtual ? (items.at(-1)?.index ?? -1) : sorted.length - 1
  const before = first * rowHeight
  const after = isVirtual ? (sorted.length - 1 - last) * rowHeight : 0
  const table = (
    <table className="table cards" aria-label={label} aria-rowcount={isVirtual ? sorted.length + 1 : undefined}>
      <thead>
        <tr>
          {columns.map(({ title, sortBy }) => {
            const isSorted = sort?.title === title
            return (
              <th
                key={title}
                scope="col"
                aria-sort={isSorted ? (sort.descending ? 'descending' : 'ascending') : undefined}
              >
                {sortBy ? (
                  <button
                    type="button"
                    onClick={() => setSort({ title, descending: isSorted ? !sort.descending : false })}
                  >
                    {title}
                    {isSorted && (sort.descending ? ' ↓' : ' ↑')}
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
        {before > 0 && (
          <tr>
            <td style={{ height: before, padding: 0 }} colSpan={columns.length} />
          </tr>
        )}
        {sorted.slice(first, last + 1).map((row, i) => (
          <tr
            key={keyOf(row)}
            aria-rowindex={isVirtual ? first + i + 2 : undefined}
            data-row=""
            onKeyDown={(event) => {
              if (event.key === 'Enter' && event.target === event.currentTarget) onOpen?.(row)
            }}
            tabIndex={onOpen ? -1 : undefined}
          >
            {columns.map(({ title, cell, wide }) => (
              <td key={title} data-title={title} data-wide={wide}>
                {withVisibleText(cell(row))}
              </td>
            ))}
          </tr>
        ))}
        {after > 0 && (
          <tr>
            <td style={{ height: after, padding: 0 }} colSpan={columns.length} />
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
