/** The controls above a log: filter, time, follow, line wrap and download. */
import { useSyncExternalStore } from 'react'
import { useDebouncedText } from '../live/debounced-text.ts'
import type { LogSearch } from '../live/log-search.ts'
import { settings } from '../live/settings.ts'
import { FilterField } from './filter-field.tsx'
import { exactTime } from './time.tsx'

export function LogBar({
  search,
  containers,
  isFollowing,
  wraps,
  onSearch,
  onFollow,
  onWrap,
  onDownload,
}: {
  search: LogSearch
  /** The names of the containers that wrote the shown lines. */
  containers: readonly string[]
  isFollowing: boolean
  wraps: boolean
  onSearch: (change: Partial<LogSearch>) => void
  onFollow: (follows: boolean) => void
  onWrap: (wraps: boolean) => void
  /** Undefined while there is nothing to download. */
  onDownload: (() => void) | undefined
}) {
  const zone = useSyncExternalStore(settings.subscribe, () => settings.get().zone)
  const [text, setText] = useDebouncedText(search.text ?? '', 400, (typed) => onSearch({ text: typed }))
  const [time, setTime] = useDebouncedText(dateTimeFieldValue(search.at, zone), 1000, (typed) =>
    onSearch({
      at: typed === '' ? undefined : new Date(zone === 'utc' ? `${typed}Z` : typed).toISOString(),
      line: undefined,
    }),
  )
  return (
    <>
      <FilterField
        id="log-text"
        label="Lines that contain"
        placeholder="Lines that contain (case-sensitive)"
        text={text}
        onType={setText}
      />
      {(containers.length > 1 || search.container !== undefined) && (
        <>
          <label className="visually-hidden" htmlFor="log-container">
            Container
          </label>
          <select
            id="log-container"
            value={search.container ?? ''}
            onChange={(event) => onSearch({ container: event.target.value })}
          >
            <option value="">All containers</option>
            {[...new Set([...containers, ...(search.container ? [search.container] : [])])].sort().map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </>
      )}
      <label className="row">
        Around
        <input type="datetime-local" step="1" value={time} onChange={(event) => setTime(event.target.value)} />
      </label>
      <label className="row">
        <input type="checkbox" checked={isFollowing} onChange={(event) => onFollow(event.target.checked)} /> Follow
      </label>
      <label className="row">
        <input type="checkbox" checked={wraps} onChange={(event) => onWrap(event.target.checked)} /> Wrap
      </label>
      <button type="button" onClick={onDownload} disabled={onDownload === undefined}>
        Download
      </button>
    </>
  )
}

/** The value of a field of type `datetime-local`. */
function dateTimeFieldValue(at: string | undefined, zone: 'local' | 'utc'): string {
  if (at === undefined || Number.isNaN(Date.parse(at))) return ''
  return exactTime(at, zone).slice(0, 19).replace(' ', 'T')
}
