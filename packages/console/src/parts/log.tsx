/** The log of a service or a task: either its newest lines, followed, or the lines around a time. */
import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef, useState, useSyncExternalStore } from 'react'
import { Link } from 'wouter'
import { servicePath } from '../actions.ts'
import { maxLines, useLogLines } from '../live/log-lines.ts'
import { type LogSearch, useLogSearch } from '../live/log-search.ts'
import type { ServiceOrTask } from '../live/service-or-task.ts'
import { settings } from '../live/settings.ts'
import { Commands, curlCommand, shellWord } from './copy.tsx'
import { ExternalText } from './external-text.tsx'
import { LogBar } from './log-bar.tsx'
import { LogNotes } from './log-notes.tsx'
import { Problem } from './problem.tsx'
import { SimulatedNote, useIsSimulatedAccount } from './simulated.tsx'
import { exactTime } from './time.tsx'

const rowHeight = 18
/** The row above the first line: the height of a button. */
const topHeight = 28

export default function LogView({
  account,
  owner,
  runningRevision,
}: {
  account: string
  owner: ServiceOrTask
  /** The `family:revision` that runs now. */
  runningRevision: string | undefined
}) {
  const { search, addressOf, change } = useLogSearch()
  const { text: grep, container, line: markedLine } = search
  const hasBadTime = search.at !== undefined && Number.isNaN(Date.parse(search.at))
  const at = hasBadTime ? undefined : search.at
  const [followsEnd, setFollowsEnd] = useState(true)
  const isFollowing = followsEnd && at === undefined
  const [wraps, setWraps] = useState(false)
  const [seenCount, setSeenCount] = useState(0)
  const isSimulated = useIsSimulatedAccount(account)
  const zone = useSyncExternalStore(settings.subscribe, () => settings.get().zone)
  const scroller = useRef<HTMLDivElement>(null)
  const isAtEnd = useRef(true)
  const { kind, name } = owner
  const log = useLogLines({ account, owner, filter: { grep, container }, around: at, isFollowing, runningRevision })
  const { lines, arrivedCount } = log
  const virtualizer = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 30,
    scrollMargin: topHeight,
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
    if (at !== undefined && log.isRead && markedIndex >= 0) virtualizer.scrollToIndex(markedIndex, { align: 'center' })
  }, [at, markedLine, log.isRead])
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
  const items = virtualizer.getVirtualItems()
  return (
    <div className="stack">
      <div className="row">
        <LogBar
          search={search}
          containers={containersOf(lines)}
          isFollowing={isFollowing}
          wraps={wraps}
          onSearch={change}
          onFollow={(follows) => {
            setFollowsEnd(follows)
            if (follows) change({ at: undefined, line: undefined })
          }}
          onWrap={setWraps}
          onDownload={lines.length > 0 ? download : undefined}
        />
        {isFollowing && log.lagSeconds !== undefined && <span className="muted">Read every {log.lagSeconds} s</span>}
        {newCount > 0 && (
          <button type="button" className="primary" onClick={showEnd}>
            {newCount} new {newCount === 1 ? 'line' : 'lines'}
          </button>
        )}
      </div>
      <Problem error={log.error} />
      <LogNotes notes={log.notes} elsewhere={log.elsewhere} runningRevision={runningRevision} />
      {hasBadTime && (
        <p className="waiting">
          The address has no valid time (<ExternalText text={search.at} />
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
        <p className="line">
          {log.readOlder ? (
            <button type="button" className="plain" disabled={log.isReading} onClick={() => void readOlder()}>
              Older lines
            </button>
          ) : (
            <span>{textAboveFirstLine(log.isRead, lines.length)}</span>
          )}
        </p>
        {lines.length === 0 && log.isRead && <p className="line muted">{noLinesText(isSimulated, grep, at)}</p>}
        <div style={{ height: virtualizer.getTotalSize(), position: 'relative' }}>
          <div style={{ position: 'absolute', top: (items[0]?.start ?? topHeight) - topHeight, minWidth: '100%' }}>
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
                    {row.container}/{row.task.slice(0, 8)}
                  </span>
                  <span className="message">
                    <ExternalText text={row.message} />
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
      {kind === 'service' && <Commands {...commandsFor(account, owner, { ...search, at })} />}
    </div>
  )
}

const containersOf = (lines: readonly { container: string }[]) => [...new Set(lines.map(({ container }) => container))]

/** The commands for the log of a service. The page of a task has its own. */
function commandsFor(account: string, { cluster, name }: ServiceOrTask, { text, container, at }: LogSearch) {
  const path = servicePath(account, cluster, name, 'logs')
  const query = new URLSearchParams({
    ...(at === undefined ? { follow: 'true' } : { since: at }),
    ...(text !== undefined && { grep: text }),
    ...(container !== undefined && { container }),
  })
  const flags = [
    ...(at === undefined ? ['-f'] : ['--since', at]),
    ...(text === undefined ? [] : ['--grep', text]),
    ...(container === undefined ? [] : ['-c', container]),
  ]
  return {
    cli: ['ecs-api', 'logs', `${account}/${cluster}/${name}`, ...flags].map(shellWord).join(' '),
    curl: curlCommand('GET', `${path}?${query}`),
  }
}

/** The text above the first line, where no older ones can be read. */
function textAboveFirstLine(isRead: boolean, count: number): string {
  if (!isRead) return 'Reading.'
  if (count === 0) return ''
  return count < maxLines / 2 ? 'The log begins here.' : 'The page is full. Choose a time to see older lines.'
}

function noLinesText(isSimulated: boolean, grep: string | undefined, at: string | undefined): string {
  if (isSimulated && grep === undefined) return 'No lines: simulated containers print nothing.'
  const which = grep === undefined ? '' : ' with this text'
  return at === undefined ? `No lines${which} in the last hour.` : `No lines${which} around this time.`
}
