/** The controls above a log: filter, task, container, period, time, follow, line wrap and download. */
import type { Task } from '@ecs-api/client'
import { FilterField } from '../lists/filter-field.tsx'
import { useDebouncedText } from '../live/debounced-text.ts'
import type { LogSearch } from '../live/log-search.ts'
import { PeriodFields } from './period.tsx'
import { SourceFields } from './sources.tsx'

export function LogBar({
  search,
  containers,
  tasks,
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
  /** The tasks of the service, stopped ones too; undefined in the log of a task. */
  tasks: readonly Task[] | undefined
  isFollowing: boolean
  wraps: boolean
  onSearch: (change: Partial<LogSearch>) => void
  /** Undefined where no line can arrive. */
  onFollow: ((follows: boolean) => void) | undefined
  onWrap: (wraps: boolean) => void
  /** Undefined while there is nothing to download. */
  onDownload: (() => void) | undefined
}) {
  const [text, setText] = useDebouncedText(search.text ?? '', 400, (typed) => onSearch({ text: typed }))
  return (
    <>
      <FilterField
        id="log-text"
        label="Lines that contain"
        placeholder="Text in the lines"
        text={text}
        onType={setText}
      />
      {search.text !== undefined && (
        <label className="row">
          <input
            type="checkbox"
            checked={search.case !== undefined}
            onChange={(event) => onSearch({ case: event.target.checked ? 'yes' : undefined })}
          />{' '}
          Match case
        </label>
      )}
      <SourceFields search={search} containers={containers} tasks={tasks} onSearch={onSearch} />
      <PeriodFields search={search} onSearch={onSearch} />
      <span className="row">
        {onFollow && (
          <label className="row">
            <input type="checkbox" checked={isFollowing} onChange={(event) => onFollow(event.target.checked)} /> Follow
          </label>
        )}
        <label className="row">
          <input type="checkbox" checked={wraps} onChange={(event) => onWrap(event.target.checked)} /> Wrap
        </label>
        <button type="button" onClick={onDownload} disabled={onDownload === undefined}>
          Download
        </button>
      </span>
    </>
  )
}
