/** The log of a service or a task: either its newest lines, followed, or the lines around a time. */
import type { Task } from '@ecs-api/client'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef, useState, useSyncExternalStore } from 'react'
import { Link } from 'wouter'
import { type Log, maxLines, useLogLines } from '../live/log-lines.ts'
import { noLogFilter, useLogSearch, validTimesOf } from '../live/log-search.ts'
import type { ServiceOrTask } from '../live/service-or-task.ts'
import { settings } from '../live/settings.ts'
import { Commands } from '../parts/copy.tsx'
import { Marked, patternOf } from '../parts/marked.tsx'
import { PrintableText } from '../parts/printable-text.tsx'
import { Problem } from '../parts/problem.tsx'
import { SimulatedNote, useIsSimulatedAccount } from '../parts/simulated.tsx'
import { exactTime } from '../parts/time.tsx'
import '../styles/log.css'
import { LogBar } from './bar.tsx'
import { logCommands } from './commands.ts'
import { NoLines } from './empty.tsx'
import { LogNotes } from './notes.tsx'

const rowHeight = 18
/** The height of the row above the first line, which can hold a button. */
const topRowHeight = 28

export default function LogView({
  account,
  owner,
  tasks,
  runningRevision,
  hasEnded = false,
}: {
  account: string
  owner: ServiceOrTask
  /** The tasks of the service, stopped ones too; absent in the log of a task. */
  tasks?: readonly Task[] | undefined
  /** The `family:revision` that runs now. */
  runningRevision: string | undefined
  /** Whether the task has stopped, so that it writes no more lines. */
  hasEnded?: boolean
}) {
  const { search, addressOf, changeSearch } = useLogSearch()
  const { text: grep, container, line: markedLine } = search
  const ignoreCase = grep === undefined || search.case !== undefined ? undefined : true
  const { at, since, until, badTime } = validTimesOf(search)
  const task = owner.kind === 'service' ? search.task : undefined
  const period = at === undefined ? { since, until } : { since: undefined, until: undefined }
  const shownSearch = { ...search, ...period, task, at }
  const [followsEnd, setFollowsEnd] = useState(true)
  const isFollowing = followsEnd && at === undefined && period.until === undefined
  const [wraps, setWraps] = useState(false)
  const [seenCount, setSeenCount] = useState(0)
  const isSimulated = useIsSimulatedAccount(account)
  const zone = useSyncExternalStore(settings.subscribe, () => settings.get().zone)
  const scroller = useRef<HTMLDivElement>(null)
  const isAtEnd = useRef(true)
  const { kind, name } = owner
  const filter = { grep, ignoreCase, container, task }
  const log = useLogLines({ account, owner, filter, around: at, ...period, isFollowing, runningRevision })
  const { lines, arrivedCount } = log
  const virtualizer = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 30,
    scrollMargin: topRowHeight,
  })
  const newCount = arrivedCount - seenCount
  const showEnd = () => {
    isAtEnd.current = true
    setSeenCount(arrivedCount)
    virtualizer.scrollToIndex(lines.length - 1, { align: 'end' })
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: the end moves with each line that arrives
  useEffect(() => {
    if (arrivedCount === 0) setSeenCount(0)
    else if (isAtEnd.current) showEnd()
  }, [arrivedCount])
  const markedIndex =
    at === undefined ? -1 : lines.findIndex(({ id, time }) => (markedLine ? id === markedLine : time >= at))
  // biome-ignore lint/correctness/useExhaustiveDependencies: lines that are read later do not move the page
  useEffect(() => {
    isAtEnd.current = at === undefined
    if (!log.isRead) return
    if (at !== undefined && markedIndex >= 0) virtualizer.scrollToIndex(markedIndex, { align: 'center' })
    // A period without a beginning shows its last lines.
    if (period.until !== undefined && since === undefined) virtualizer.scrollToIndex(lines.length - 1, { align: 'end' })
  }, [at, since, period.until, markedLine, log.isRead])
  const readOlder = async () => {
    const count = (await log.readOlder?.()) ?? 0
    // The line that was the first one stays at the top.
    if (count > 0) setTimeout(() => virtualizer.scrollToIndex(count, { align: 'start' }))
  }
  const download = () => {
    const texts = lines.map(({ time, task, container, message }) => `${time} ${task}/${container} ${message}`)
    const link = document.createElement('a')
    link.href = URL.createObjectURL(new Blob([`${texts.join('\n')}\n`], { type: 'text/plain' }))
    link.download = `${name}.log`
    link.click()
    URL.revokeObjectURL(link.href)
  }
  const follow = (follows: boolean) => {
    setFollowsEnd(follows)
    if (follows)
      changeSearch({
        at: undefined,
        line: undefined,
        ...(until !== undefined && { since: undefined, until: undefined }),
      })
  }
  // Few simulated containers print lines.
  const isSilent = isSimulated && lines.length === 0
  const readsOlder = log.readOlder !== undefined
  const canGrow = !hasEnded && !isSilent
  const items = virtualizer.getVirtualItems()
  const searched = grep === undefined ? undefined : patternOf(grep, ignoreCase === true)
  const isFirstLineVisible = lines.length === 0 || items[0]?.index === 0
  const findsOlder = readsOlder && isFirstLineVisible && log.findOlder !== undefined
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked once, when the first line comes into sight
  useEffect(() => {
    if (findsOlder) log.findOlder?.().catch(() => undefined)
  }, [findsOlder])
  const textAbove = textAboveFirstLine(log, since === undefined)
  return (
    <div className="stack">
      <div className="row">
        <LogBar
          search={search}
          containers={containersOf(lines)}
          tasks={tasks}
          isFollowing={isFollowing}
          wraps={wraps}
          onSearch={changeSearch}
          onFollow={canGrow || !isFollowing ? follow : undefined}
          onWrap={setWraps}
          onDownload={lines.length > 0 ? download : undefined}
        />
        {isFollowing && canGrow && log.lagSeconds !== undefined && (
          <span className="muted">Updated every {log.lagSeconds} s</span>
        )}
        {newCount > 0 && (
          <button type="button" className="primary" onClick={showEnd}>
            {newCount} new {newCount === 1 ? 'line' : 'lines'}
          </button>
        )}
      </div>
      <Problem error={log.error} />
      <LogNotes notes={log.notes} elsewhere={log.elsewhere} runningRevision={runningRevision} />
      {badTime !== undefined && (
        <p className="waiting">
          The address has no valid time (<PrintableText text={badTime} />
          ). The newest lines are shown.
        </p>
      )}
      {at !== undefined && markedLine !== undefined && log.isRead && markedIndex < 0 && (
        <p className="waiting">The line of this link is not in the log. Its log group may have deleted it.</p>
      )}
      <section
        ref={scroller}
        className="log"
        aria-label="Log"
        data-wrap={wraps}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled region must be reached by keyboard
        tabIndex={0}
        onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
          isAtEnd.current = at === undefined && scrollHeight - scrollTop - clientHeight < 3 * rowHeight
          if (isAtEnd.current) setSeenCount(arrivedCount)
        }}
      >
        {(readsOlder || textAbove !== '') && (
          <p className="line">
            {readsOlder ? (
              <button type="button" className="plain" disabled={log.isReading} onClick={() => void readOlder()}>
                Older lines
              </button>
            ) : (
              <span>{textAbove}</span>
            )}
          </p>
        )}
        {lines.length === 0 && log.isRead && (
          <NoLines search={shownSearch} isSimulated={isSimulated} onReset={() => changeSearch(noLogFilter)} />
        )}
        <div style={{ height: virtualizer.getTotalSize(), position: 'relative' }}>
          <div
            style={{ position: 'absolute', top: (items[0]?.start ?? topRowHeight) - topRowHeight, minWidth: '100%' }}
          >
            {items.map(({ key, index }) => {
              const row = lines[index]
              if (!row) return null
              const exact = exactTime(row.time, zone)
              return (
                <div
                  key={key}
                  className="line"
                  data-index={index}
                  aria-current={index === markedIndex && markedLine !== undefined}
                  ref={virtualizer.measureElement}
                >
                  <Link
                    href={addressOf({ at: row.time, line: row.id })}
                    title={`${exact}. Link to this line and the lines around it`}
                  >
                    {exact.slice(11, 23)}
                  </Link>
                  <span>
                    <PrintableText text={`${row.container}/${row.task.slice(0, 8)}`} />
                  </span>
                  <span className="message">
                    <Marked text={row.message} searched={searched} />
                  </span>
                </div>
              )
            })}
          </div>
        </div>
        {log.readNewer && (
          <p className="line">
            <button type="button" className="plain" disabled={log.isReading} onClick={() => void log.readNewer?.()}>
              Newer lines
            </button>
          </p>
        )}
      </section>
      {kind === 'service' && <SimulatedNote account={account} />}
      {kind === 'service' && <Commands {...logCommands(account, owner, shownSearch)} />}
    </div>
  )
}

const containersOf = (lines: readonly { container: string }[]) => [...new Set(lines.map(({ container }) => container))]

/** The text above the first line, where no older ones can be read. */
function textAboveFirstLine({ isRead, lines, error }: Log, isWhole: boolean): string {
  if (!isRead) return error ? '' : 'Reading.'
  if (lines.length === 0) return ''
  if (lines.length >= maxLines / 2) return 'The page is full. Choose a time to see older lines.'
  return isWhole ? 'The log begins here.' : 'The period begins here.'
}
