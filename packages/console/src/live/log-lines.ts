/**
 * The lines of a log: either the newest lines, followed by new ones as they arrive, or the lines around a time or
 * before one. Older and newer lines are read in pages on request.
 */
import type { LogEvent, LogLine, LogPage } from '@ecs-api/client'
import { useEffect, useRef, useState, useSyncExternalStore } from 'react'
import { accountClient } from './client.ts'
import { gatewayNow } from './clock.ts'
import { hiddenTab } from './hidden-tab.ts'
import { mergedLines } from './merged-lines.ts'
import type { ServiceOrTask } from './service-or-task.ts'

interface LogFilter {
  /** Only lines that contain this text. */
  grep: string | undefined
  ignoreCase: boolean | undefined
  container: string | undefined
  /** The id of a task, in the log of a service. */
  task?: string | undefined
}

/** The page shows at most this number of lines, and drops the oldest ones. */
export const maxLines = 100_000
const drawEveryMs = 100
const followedHours = 1
const linesBeforeTime = 200
const pageLength = 1000
/** More than the lines that can have the millisecond of the first one. */
const probeLength = 100
/** How many pages without a line are read in a row: a search can return pages without lines. */
const maxEmptyPages = 5

function readPage(account: string, { kind, cluster, name }: ServiceOrTask, filter: LogFilter, start: PageStart) {
  const { services, tasks } = accountClient(account)
  const { task, ...query } = { ...filter, ...start }
  return (
    kind === 'service' ? services.logs({ cluster, name }, { ...query, task }) : tasks.logs({ cluster, id: name }, query)
  ).page()
}

interface PageStart {
  since?: string | undefined
  until?: string | undefined
  cursor?: string | undefined
  limit: number
}

interface FollowOptions {
  since: string | undefined
  /** The last line that the page has from following the log before. */
  lastLine: LogLine | undefined
  signal: AbortSignal
}

function follow(
  account: string,
  { kind, cluster, name }: ServiceOrTask,
  filter: LogFilter,
  { since, lastLine, signal }: FollowOptions,
) {
  const { services, tasks } = accountClient(account)
  const { task, ...others } = filter
  // The lines of one task may all be old, so its newest lines are read. For all tasks, the last hour is enough.
  const newestLines = task === undefined ? { since: `${followedHours}h` } : { limit: pageLength }
  const start = since !== undefined ? { since } : lastLine ? { since: restartOf(lastLine) } : newestLines
  const query = { ...others, ...start, follow: true, signal } as const
  return kind === 'service'
    ? services.logs({ cluster, name }, { ...query, task })
    : tasks.logs({ cluster, id: name }, query)
}

/**
 * The time from which a log is followed again, without a gap. It is long before the last line, because lines of another
 * log group or late lines can be older.
 */
function restartOf({ time }: LogLine): string {
  return new Date(Math.min(Date.parse(time), gatewayNow() - followedHours * 3_600_000)).toISOString()
}

export interface LogOptions {
  account: string
  owner: ServiceOrTask
  filter: LogFilter
  /** Shows the lines around this time (ISO 8601) instead of the newest ones. */
  around: string | undefined
  /** Shows only the lines from this time on, and not those before it. */
  since: string | undefined
  /** Shows only the lines before this time, which are not followed. */
  until: string | undefined
  isFollowing: boolean
  /** The `family:revision` that runs now. Another revision may log to another place, so the log is read again. */
  runningRevision: string | undefined
}

export interface Log {
  /** In order of time. */
  lines: readonly LogLine[]
  /** How many lines have arrived at the end since the log was opened. */
  arrivedCount: number
  /** Whether the first response has arrived, with lines or without. */
  isRead: boolean
  /**
   * Reads a page of older lines and resolves to the number of lines. Undefined when there are no older lines or the
   * page is full.
   */
  readOlder: (() => Promise<number>) | undefined
  /** Finds out whether there are older lines. Undefined once that is known. */
  findOlder: (() => Promise<void>) | undefined
  /** Reads a page of newer lines. Undefined when there are none, when the log is followed, or when the page is full. */
  readNewer: (() => Promise<void>) | undefined
  isReading: boolean
  /** Sentences about lines that may be missing. */
  notes: readonly string[]
  /** The containers whose output is stored in another place. */
  elsewhere: LogPage['elsewhere']
  /** How long a line can take to arrive, in seconds. */
  lagSeconds: number | undefined
  error: unknown
}

/** Cursors of the pages before the first line and after the last line; null when there is no such page. */
interface EndCursors {
  older: string | null | undefined
  newer: string | null | undefined
}

const noLines: Pick<Log, 'lines' | 'arrivedCount'> = { lines: [], arrivedCount: 0 }
const unknownEnds: EndCursors = { older: undefined, newer: undefined }

export function useLogLines(options: LogOptions): Log {
  const { account, owner, filter, around, since, until, isFollowing, runningRevision } = options
  const { kind, cluster, name } = owner
  const { grep, ignoreCase, container, task } = filter
  const isLongHidden = useSyncExternalStore(hiddenTab.subscribe, hiddenTab.isLongHidden)
  const [{ lines, arrivedCount }, setShown] = useState(noLines)
  const addLines = (added: readonly LogLine[]) =>
    setShown((before) => ({ ...before, lines: mergedLines(before.lines, added) }))
  const shownLines = useRef(lines)
  shownLines.current = lines
  const [isRead, setRead] = useState(false)
  const [isReading, setReading] = useState(false)
  const [ends, setEnds] = useState<EndCursors>(unknownEnds)
  const [notes, setNotes] = useState<readonly string[]>([])
  const [elsewhere, setElsewhere] = useState<LogPage['elsewhere']>([])
  const [lagSeconds, setLagSeconds] = useState<number>()
  const [error, setError] = useState<unknown>()
  const logKey = JSON.stringify([account, kind, cluster, name, grep, ignoreCase, container, task, around, since, until])
  const shownLogKey = useRef(logKey)
  shownLogKey.current = logKey

  const addNote = (text: string) => setNotes((before) => [...new Set([...before, text])])
  const noteGaps = ({ elsewhere: given, incomplete, unavailable }: Partial<LogPage>) => {
    // Only the first event of a stream has `elsewhere`.
    if (given) setElsewhere(given)
    for (const { part, reason } of unavailable ?? []) addNote(`${part}: ${reason}`)
    if (incomplete) addNote('Some lines may be missing: not every log could be read.')
  }

  // A changed search starts with an empty list of lines.
  // biome-ignore lint/correctness/useExhaustiveDependencies: `logKey` has all that it depends on
  useEffect(() => {
    setShown(noLines)
    // The next effect runs before the page is drawn without the lines.
    shownLines.current = []
    setRead(false)
    setReading(false)
    setEnds(unknownEnds)
    setNotes([])
    setError(undefined)
    if (around === undefined && until !== undefined) void readPeriod()
    if (around === undefined) return
    const start = async () => {
      const [older, newer] = await Promise.all([
        readPage(account, owner, filter, { until: around, limit: linesBeforeTime }),
        readPage(account, owner, filter, { since: around, limit: pageLength }),
      ])
      if (shownLogKey.current !== logKey) return
      addLines([...older.items, ...newer.items])
      setEnds({ older: older.nextCursor, newer: newer.nextCursor })
      noteGaps(older)
      noteGaps(newer)
      setRead(true)
    }
    start().catch((thrown: unknown) => {
      if (shownLogKey.current === logKey) setError(thrown)
    })
  }, [logKey])

  // biome-ignore lint/correctness/useExhaustiveDependencies: `logKey` has all else that it depends on
  useEffect(() => {
    if (!isFollowing || isLongHidden || around !== undefined || until !== undefined) return
    setNotes([])
    const aborting = new AbortController()
    let arrived: LogLine[] = []
    let drawTimer: ReturnType<typeof setTimeout> | undefined
    const draw = () => {
      drawTimer = undefined
      const added = arrived
      arrived = []
      setShown((before) => {
        const after = mergedLines(before.lines, added)
        return {
          lines: after.slice(-maxLines),
          arrivedCount: before.arrivedCount + after.length - before.lines.length,
        }
      })
    }
    const onEvent = (event: LogEvent) => {
      setRead(true)
      switch (event.type) {
        case 'lines':
          arrived.push(...event.items)
          if (arrived.length > 0) drawTimer ??= setTimeout(draw, drawEveryMs)
          setLagSeconds(event.lagSeconds)
          noteGaps(event)
          break
        case 'lag':
          setLagSeconds(event.lagSeconds)
          break
        case 'problem':
          addNote(event.detail)
          break
        case 'deleted':
          addNote('The service was deleted: no more lines will arrive.')
      }
    }
    const read = async () => {
      const { signal } = aborting
      const lastLine = shownLines.current.at(-1)
      for await (const event of follow(account, owner, filter, { since, lastLine, signal })) onEvent(event)
    }
    setError(undefined)
    read().catch((thrown: unknown) => {
      if (!aborting.signal.aborted) setError(thrown)
    })
    return () => {
      aborting.abort()
      clearTimeout(drawTimer)
    }
  }, [logKey, isFollowing, isLongHidden, runningRevision])

  /** Reads pages until one has a line. */
  const readUntilLine = async (start: PageStart): Promise<LogPage | undefined> => {
    setReading(true)
    setError(undefined)
    try {
      let page = await readPage(account, owner, filter, start)
      for (let empty = 1; page.items.length === 0 && page.nextCursor !== null && empty < maxEmptyPages; empty++)
        page = await readPage(account, owner, filter, { ...start, cursor: page.nextCursor })
      if (shownLogKey.current !== logKey) return undefined
      noteGaps(page)
      return page
    } catch (thrown) {
      if (shownLogKey.current === logKey) setError(thrown)
      return undefined
    } finally {
      if (shownLogKey.current === logKey) setReading(false)
    }
  }
  /** Reads the first lines of a period, or the last ones before its end when it has no beginning. */
  const readPeriod = async () => {
    const page = await readUntilLine({ since, until, limit: pageLength })
    if (!page) return
    addLines(page.items)
    setEnds(since === undefined ? { older: page.nextCursor, newer: null } : { older: null, newer: page.nextCursor })
    setRead(true)
  }
  // Older lines can have the same millisecond as the first line.
  const untilFirstLine = () => lines[0] && { until: new Date(Date.parse(lines[0].time) + 1).toISOString() }
  const findOlder = async () => {
    const { items, nextCursor } = await readPage(account, owner, filter, { limit: probeLength, ...untilFirstLine() })
    if (shownLogKey.current === logKey && nextCursor === null && mergedLines(lines, items).length === lines.length)
      setEnds((before) => ({ ...before, older: null }))
  }
  const readOlder = async () => {
    const cursor = ends.older ?? undefined
    const page = await readUntilLine({ limit: pageLength, cursor, ...(cursor === undefined && untilFirstLine()) })
    if (!page) return 0
    addLines(page.items)
    setEnds((before) => ({ ...before, older: page.nextCursor }))
    return mergedLines(lines, page.items).length - lines.length
  }
  const readNewer = async () => {
    const page = await readUntilLine({ since: around ?? since, limit: pageLength, cursor: ends.newer! })
    if (!page) return
    addLines(page.items)
    setEnds((before) => ({ ...before, newer: page.nextCursor }))
  }
  const hasRoom = lines.length + pageLength <= maxLines
  return {
    lines,
    arrivedCount,
    isRead,
    findOlder: isRead && ends.older === undefined ? findOlder : undefined,
    readOlder: isRead && ends.older !== null && since === undefined && hasRoom ? readOlder : undefined,
    readNewer: ends.newer && hasRoom ? readNewer : undefined,
    isReading,
    notes,
    elsewhere,
    lagSeconds,
    error,
  }
}
