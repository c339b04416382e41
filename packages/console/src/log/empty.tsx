/** The text in place of a log without lines. It names the filter, and has the button that removes the filter. */
import { useSyncExternalStore } from 'react'
import { isDuration, type LogSearch } from '../live/log-search.ts'
import { settings } from '../live/settings.ts'
import { PrintableText } from '../parts/printable-text.tsx'
import { exactTime } from '../parts/time.tsx'

/** @param search with valid times only */
export function NoLines({
  search,
  isSimulated,
  onReset,
}: {
  search: LogSearch
  isSimulated: boolean
  onReset: () => void
}) {
  const zone = useSyncExternalStore(settings.subscribe, () => settings.get().zone)
  const { text, container, task, since, until, at } = search
  const isFiltered = [text, container, task, since, until, at].some((each) => each !== undefined)
  const parts = [
    'No lines',
    text !== undefined && `with “${text}”`,
    container !== undefined && `of the container ${container}`,
    task !== undefined && `of the task ${task.slice(0, 8)}`,
    !(isSimulated && !isFiltered) && periodText(search, (time) => exactTime(time, zone).slice(0, 19)),
  ]
  const caseNote = text !== undefined && search.case !== undefined ? ' Capital and small letters differ.' : ''
  const end = isSimulated && text === undefined ? ': of a simulated command, only echo prints.' : `.${caseNote}`
  return (
    <p className="line muted">
      <PrintableText text={`${parts.filter(Boolean).join(' ')}${end}`} />
      {isFiltered && (
        <button type="button" onClick={onReset}>
          Reset the filter
        </button>
      )}
    </p>
  )
}

const durations: Readonly<Record<string, string>> = { '15m': '15 minutes', '1h': 'hour', '24h': '24 hours' }

function periodText({ since, until, at, task }: LogSearch, timeText: (time: string) => string): string | undefined {
  if (at !== undefined) return 'around this time'
  if (since !== undefined && until !== undefined) return `from ${timeText(since)} to ${timeText(until)}`
  if (until !== undefined) return `before ${timeText(until)}`
  if (since !== undefined)
    return isDuration(since) ? `in the last ${durations[since] ?? since}` : `since ${timeText(since)}`
  return task === undefined ? 'in the last hour' : undefined
}
