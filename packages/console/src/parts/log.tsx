/** The log of a service or a task: read back in pages, and followed at its end. It never clears itself. */
import type { LogEvent, LogLine, LogPage } from '@ecs-api/client'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react'
import { apiPath } from '../actions.ts'
import { accountClient } from '../live/client.ts'
import { settings } from '../live/settings.ts'
import { Commands, curlOf, quoted } from './copy.tsx'
import { ExternalText } from './external-text.tsx'
import { Problem } from './problem.tsx'
import { SimulatedNote, useIsSimulatedAccount } from './simulated.tsx'
import { exactTime } from './time.tsx'

interface Of {
  kind: 'service' | 'task'
  cluster: string
  name: string
}

/** Beyond it the oldest lines are dropped from the page. */
const maxRows = 100_000
const rowHeight = 18
const drawEveryMs = 100

function follow(
  account: string,
  { kind, cluster, name }: Of,
  query: { grep: string | undefined; signal: AbortSignal },
) {
  const { services, tasks } = accountClient(account)
  const options = { ...query, follow: true, since: '1h' } as const
  return kind === 'service' ? services.logs({ cluster, name }, options) : tasks.logs({ cluster, id: name }, options)
}

export default function LogView({
  account,
  of,
  revision,
}: {
  account: string
  of: Of
  /** `family:revision` that runs now. Another one may log elsewhere, so its log is read anew. */
  revision: string | undefined
}) {
  const [rows, setRows] = useState<readonly LogLine[]>([])
  const [error, setError] = useState<unknown>()
  const [text, setText] = useState('')
  const [grep, setGrep] = useState<string>()
  const [isFollowing, setFollowing] = useState(true)
  const [wraps, setWraps] = useState(false)
  const [newLines, setNewLines] = useState(0)
  const [notes, setNotes] = useState<string[]>([])
  const [elsewhere, setElsewhere] = useState<readonly Elsewhere[]>([])
  const isSimulated = useIsSimulatedAccount(account)
  const [lag, setLag] = useState<number>()
  const zone = useSyncExternalStore(settings.subscribe, () => settings.get().zone)
  const scroller = useRef<HTMLDivElement>(null)
  const isAtEnd = useRef(true)
  const { kind, cluster, name } = of

  useEffect(() => {
    const timer = setTimeout(() => setGrep(text === '' ? undefined : text), 400)
    return () => clearTimeout(timer)
  }, [text])

  // biome-ignore lint/correctness/useExhaustiveDependencies: another revision's log is read anew
  useEffect(() => {
    if (!isFollowing) return
    setNotes([])
    const aborting = new AbortController()
    let arrived: LogLine[] = []
    let drawing: ReturnType<typeof setTimeout> | undefined
    const draw = () => {
      drawing = undefined
      const added = arrived
      arrived = []
      if (!isAtEnd.current) setNewLines((count) => count + added.length)
      setRows((before) => {
        const known = new Set(before.slice(-2000).map(({ id }) => id))
        const fresh = added.filter(({ id }) => !known.has(id))
        return [...before, ...fresh].slice(-maxRows)
      })
    }
    const add = (line: LogLine) => {
      arrived.push(line)
      drawing ??= setTimeout(draw, drawEveryMs)
    }
    const addNote = (text: string) => setNotes((before) => [...new Set([...before, text])])
    const note = ({ elsewhere: given, incomplete, unavailable, lagSeconds }: Extract<LogEvent, { type: 'lines' }>) => {
      setLag(lagSeconds)
      // Only the first event has them.
      if (given) setElsewhere(given)
      for (const { part, reason } of unavailable ?? []) addNote(`${part}: ${reason}`)
      if (incomplete) addNote('Some lines may be missing: not every log could be read.')
    }
    const read = async () => {
      for await (const event of follow(account, { kind, cluster, name }, { grep, signal: aborting.signal })) {
        switch (event.type) {
          case 'lines':
            for (const line of event.items) add(line)
            note(event)
            break
          case 'lag':
            setLag(event.lagSeconds)
            break
          case 'problem':
            addNote(event.detail)
            break
          case 'deleted':
            addNote('The service was deleted. Its log goes no further.')
        }
      }
    }
    setError(undefined)
    read().catch((thrown: unknown) => {
      if (!aborting.signal.aborted) setError(thrown)
    })
    return () => {
      aborting.abort()
      clearTimeout(drawing)
    }
  }, [account, kind, cluster, name, grep, isFollowing, revision])

  // Another search is another log.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the lines go when the search changes
  useEffect(() => {
    setRows([])
    setNewLines(0)
  }, [grep, kind, cluster, name])

  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 30,
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new line moves the end
  useEffect(() => {
    if (isAtEnd.current && rows.length > 0) virtualizer.scrollToIndex(rows.length - 1, { align: 'end' })
  }, [rows.length])
  const toEnd = () => {
    isAtEnd.current = true
    setNewLines(0)
    virtualizer.scrollToIndex(rows.length - 1, { align: 'end' })
  }
  const items = virtualizer.getVirtualItems()
  const download = useMemo(
    () => () => {
      const lines = rows.map(({ time, task, container, message }) => `${time} ${task}/${container} ${message}`)
      const link = document.createElement('a')
      link.href = URL.createObjectURL(new Blob([`${lines.join('\n')}\n`], { type: 'text/plain' }))
      link.download = `${name}.log`
      link.click()
      URL.revokeObjectURL(link.href)
    },
    [rows, name],
  )
  const target = `${account}/${cluster}/${name}`
  const path = apiPath(account, 'clusters', cluster, kind === 'service' ? 'services' : 'tasks', name, 'logs')
  return (
    <div className="stack">
      <div className="row">
        <label className="visually-hidden" htmlFor="grep">
          Lines that contain
        </label>
        <input
          id="grep"
          placeholder="Lines that contain (case counts)"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <label className="row">
          <input type="checkbox" checked={isFollowing} onChange={(event) => setFollowing(event.target.checked)} />{' '}
          Follow
        </label>
        <label className="row">
          <input type="checkbox" checked={wraps} onChange={(event) => setWraps(event.target.checked)} /> Wrap
        </label>
        <button type="button" onClick={download} disabled={rows.length === 0}>
          Download
        </button>
        {isFollowing && lag !== undefined && <span className="muted">Read every {lag} s</span>}
        {newLines > 0 && (
          <button type="button" className="primary" onClick={toEnd}>
            {newLines} new {newLines === 1 ? 'line' : 'lines'}
          </button>
        )}
      </div>
      <Problem error={error} />
      <ElsewhereNotes elsewhere={elsewhere} revision={revision} />
      {notes.map((note) => (
        <p key={note} className="waiting">
          <ExternalText text={note} />
        </p>
      ))}
      <section
        ref={scroller}
        className="log"
        aria-label="Log"
        data-wrap={wraps}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled region must be reached by keyboard
        tabIndex={0}
        onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
          isAtEnd.current = scrollHeight - scrollTop - clientHeight < 3 * rowHeight
          if (isAtEnd.current) setNewLines(0)
        }}
      >
        {rows.length === 0 && (
          <p className="line muted">
            {isSimulated && !grep
              ? 'No lines: simulated containers print nothing.'
              : `No lines yet${grep ? ' that contain this' : ''}.`}
          </p>
        )}
        <div style={{ height: virtualizer.getTotalSize(), position: 'relative' }}>
          <div style={{ position: 'absolute', top: items[0]?.start ?? 0, minWidth: '100%' }}>
            {items.map(({ key, index }) => {
              const row = rows[index]
              if (!row) return null
              return (
                <div key={key} className="line" data-index={index} ref={virtualizer.measureElement}>
                  <span title={exactTime(row.time, zone)}>{exactTime(row.time, zone).slice(11, 23)}</span>
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
      </section>
      {kind === 'service' && (
        <>
          <SimulatedNote account={account} />
          <Commands cli={`ecs-api logs ${quoted(target)} -f`} curl={curlOf('GET', `${path}?follow=true`)} />
        </>
      )}
    </div>
  )
}

type Elsewhere = LogPage['elsewhere'][number]

/** Containers whose lines are not here: those of the revision that runs now, and those of older tasks. */
function ElsewhereNotes({ elsewhere, revision }: { elsewhere: readonly Elsewhere[]; revision: string | undefined }) {
  return elsewhere.map(({ container, driver, detail, taskDefinitions }) => {
    const isNow = revision === undefined || taskDefinitions.includes(revision)
    const names = taskDefinitions.length > 3 ? `${taskDefinitions.length} older revisions` : taskDefinitions.join(', ')
    return (
      <p key={container + driver + names} className={isNow ? 'waiting' : 'muted'}>
        <ExternalText text={isNow ? detail : `Tasks of ${names} are not here: ${detail}`} />
        {isNow && driver === null && (
          <>
            {' '}
            <a href="/docs/guides/read-logs">How to store them</a>
          </>
        )}
      </p>
    )
  })
}
