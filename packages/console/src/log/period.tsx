/** The period of a log: the last minutes or hours, from one time to another, or around one. */
import { useSyncExternalStore } from 'react'
import { gatewayNow } from '../live/clock.ts'
import { useDebouncedText } from '../live/debounced-text.ts'
import { isDuration, type LogSearch } from '../live/log-search.ts'
import { settings } from '../live/settings.ts'
import { exactTime } from '../parts/time.tsx'

const lastPeriods = [
  ['15m', 'Last 15 minutes'],
  ['1h', 'Last hour'],
  ['24h', 'Last 24 hours'],
] as const

const hourMs = 3_600_000
const isoTime = (ms: number) => new Date(ms).toISOString()

export function PeriodFields({
  search: { since, until, at },
  onSearch,
}: {
  search: LogSearch
  onSearch: (change: Partial<LogSearch>) => void
}) {
  const isRange = until !== undefined || (since !== undefined && !isDuration(since))
  const value = at !== undefined ? 'around' : isRange ? 'range' : (since ?? '')
  const choose = (chosen: string) => {
    const now = gatewayNow()
    onSearch({
      at: chosen === 'around' ? isoTime(now) : undefined,
      since: chosen === 'range' ? isoTime(now - hourMs) : isDuration(chosen) ? chosen : undefined,
      until: chosen === 'range' ? isoTime(now) : undefined,
      line: undefined,
    })
  }
  const isOther = isDuration(value) && !lastPeriods.some(([each]) => each === value)
  return (
    <>
      <label className="visually-hidden" htmlFor="log-period">
        Period
      </label>
      <select id="log-period" value={value} onChange={(event) => choose(event.target.value)}>
        <option value="">Newest lines</option>
        {lastPeriods.map(([each, label]) => (
          <option key={each} value={each}>
            {label}
          </option>
        ))}
        {isOther && <option value={value}>{`Last ${value}`}</option>}
        <option value="range">From – to</option>
        <option value="around">Around a time</option>
      </select>
      {value === 'around' && (
        <TimeField label="Around" at={at} onChange={(next) => onSearch({ at: next, line: undefined })} />
      )}
      {value === 'range' && (
        <span className="row period">
          <TimeField label="From" at={since} onChange={(next) => onSearch({ since: next })} />
          <TimeField label="To" at={until} onChange={(next) => onSearch({ until: next })} />
        </span>
      )}
    </>
  )
}

/** A field of a time, in the zone of the pages. */
function TimeField({
  label,
  at,
  onChange,
}: {
  label: string
  /** ISO 8601. */
  at: string | undefined
  onChange: (at: string | undefined) => void
}) {
  const zone = useSyncExternalStore(settings.subscribe, () => settings.get().zone)
  const [time, setTime] = useDebouncedText(dateTimeFieldValue(at, zone), 1000, (typed) =>
    onChange(typed === '' ? undefined : new Date(zone === 'utc' ? `${typed}Z` : typed).toISOString()),
  )
  return (
    <label className="row">
      {label}
      <input type="datetime-local" step="1" value={time} onChange={(event) => setTime(event.target.value)} />
    </label>
  )
}

/** The value of a field of type `datetime-local`. */
function dateTimeFieldValue(at: string | undefined, zone: 'local' | 'utc'): string {
  if (at === undefined || Number.isNaN(Date.parse(at))) return ''
  return exactTime(at, zone).slice(0, 19).replace(' ', 'T')
}
