/**
 * The lines of a log: the newest ones, followed at their end, or those around a time. Older and newer ones are read in
 * pages on request.
 */
import type { LogEvent, LogLine, LogPage } from '@ecs-api/client'
import { useEffect, useRef, useState } from 'react'
import { accountClient } from './client.ts'

export interface LogOwner {
  kind: 'service' | 'task'
  cluster: string
  /** The service's name or the task's id. */
  name: string
}

interface LogFilter {
  /** Only lines that contain this text. */
  grep: string | undefined
  container: string | undefined
}

/** Beyond it the oldest lines are dropped from the page. */
export const maxLines = 100_000
const drawEveryMs = 100
const followedSince = '1h'
const olderAround = 200
const pageLength = 1000
/** A search may return pages without a line. */
const maxEmptyPages = 5

function readPage(account: string, { kind, cluster, name }: LogOwner, query: LogFilter & PageStart): Promise<LogPage> {
  const { services, tasks } = accountClient(account)
  return (
    kind === 'service' ? services.logs({ cluster, name }, query) : tasks.logs({ cluster, id: name }, query)
  ).page()
}

interface PageStart {
  since?: string
  until?: string
  cursor?: string | undefined
  limit: number
}

function follow(account: string, { kind, cluster, name }: LogOwner, query: LogFilter & { signal: AbortSignal }) {
  const { services, tasks } = accountClient(account)
  const options = { ...query, follow: true, since: followedSince } as const
  return kind === 'service' ? services.logs({ cluster, name }, options) : tasks.logs({ cluster, id: name }, options)
}

export interface LogOptions {
  account: string
  of: LogOwner
  filter: LogFilter
  /** Shows the lines around this time (ISO 8601) instead of the newest ones. */
  around: string | undefined
  isFollowing: boolean
  /** `family:revision` that runs now. Another one may log elsewhere, so its log is read anew. */
  revision: string | undefined
}

export interface Log {
  /** In order of time. */
  lines: readonly LogLine[]
  /** How many lines have arrived at the end since the log was opened. */
  arrivedCount: number
  /** False until the first lines, or the response that there are none. */
  isRead: boolean
  /** Resolves to the number of lines that were put before the others. Undefined when there are none, or no room. */
  readOlder: (() => Promise<number>) | undefined
  /** Undefined when there are none, when they are followed, or no room. */
  readNewer: (() => Promise<void>) | undefined
  isReading: boolean
  /** What may be missing from the log, in sentences. */
  notes: readonly string[]
  elsewhere: LogPage['elsewhere']
  /** How long a line can take to arrive, in seconds. */
  lagSeconds: number | undefined
  error: unknown
}

/** Cursors of the pages before the first line and after the last one: null where no line is left. */
interface Ends {
  older: string | null | undefined
  newer: string | null | undefined
}

const unknownEnds: Ends = { older: undefined, newer: undefined }

export function useLogLines({ account, of, filter, around, isFollowing, revision }: LogOptions): Log {
  const { kind, cluster, name } = of
  const { grep, container } = filter
  const [lines, setLines] = useState<readonly LogLine[]>([])
  const [arrivedCount, setArrivedCount] = useState(0)
  const [isRead, setRead] = useState(false)
  const [isReading, setReading] = useState(false)
  const [ends, setEnds] = useState<Ends>(unknownEnds)
  const [notes, setNotes] = useState<readonly string[]>([])
  const [elsewhere, setElsewhere] = useState<LogPage['elsewhere']>([])
  const [lagSeconds, setLagSeconds] = useState<number>()
  const [error, setError] = useState<unknown>()
  const opened = JSON.stringify([account, kind, cluster, name, grep, container, around])
  const shown = useRef(opened)
  shown.current = opened

  const addNote = (text: string) => setNotes((before) => [...new Set([...before, text])])
  const addFacts = ({ elsewhere: given, incomplete, unavailable }: Partial<LogPage>) => {
    // Only the first event of a stream has them.
    if (given) setElsewhere(given)
    for (const { part, reason } of unavailable ?? []) addNote(`${part}: ${reason}`)
    if (incomplete) addNote('Some lines may be missing: not every log could be read.')
  }

  // Another search is another log.
  // biome-ignore lint/correctness/useExhaustiveDependencies: `opened` has all that it depends on
  useEffect(() => {
    setLines([])
    setArrivedCount(0)
    setRead(false)
    setReading(false)
    setEnds(unknownEnds)
    setNotes([])
    setError(undefined)
    if (around === undefined) return
    const start = async () => {
      const [older, newer] = await Promise.all([
        readPage(account, of, { grep, container, until: around, limit: olderAround }),
        readPage(account, of, { grep, container, since: around, limit: pageLength }),
      ])
      if (shown.current !== opened) return
      setLines([...older.items, ...newer.items])
      setEnds({ older: older.nextCursor, newer: newer.nextCursor })
      addFacts(older)
      addFacts(newer)
      setRead(true)
    }
    start().catch((thrown: unknown) => {
      if (shown.current === opened) setError(thrown)
    })
  }, [opened])

  // biome-ignore lint/correctness/useExhaustiveDependencies: `opened` has all else that it depends on
  useEffect(() => {
    if (!isFollowing || around !== undefined) return
    setNotes([])
    const aborting = new AbortController()
    let arrived: LogLine[] = []
    let drawing: ReturnType<typeof setTimeout> | undefined
    const draw = () => {
      drawing = undefined
      const added = arrived
      arrived = []
      setLines((before) => {
        const fresh = withoutKnown(added, before.slice(-2000))
        return [...before, ...fresh].slice(-maxLines)
      })
      setArrivedCount((count) => count + added.length)
    }
    const onEvent = (event: LogEvent) => {
      setRead(true)
      switch (event.type) {
        case 'lines':
          arrived.push(...event.items)
          if (arrived.length > 0) drawing ??= setTimeout(draw, drawEveryMs)
          setLagSeconds(event.lagSeconds)
          addFacts(event)
          break
        case 'lag':
          setLagSeconds(event.lagSeconds)
          break
        case 'problem':
          addNote(event.detail)
          break
        case 'deleted':
          addNote('The service was deleted. Its log goes no further.')
      }
    }
    const read = async () => {
      const { signal } = aborting
      for await (const event of follow(account, of, { grep, container, signal })) onEvent(event)
    }
    setError(undefined)
    read().catch((thrown: unknown) => {
      if (!aborting.signal.aborted) setError(thrown)
    })
    return () => {
      aborting.abort()
      clearTimeout(drawing)
    }
  }, [opened, isFollowing, revision])

  /** Reads pages until one has a line. */
  const readFrom = async (start: PageStart): Promise<LogPage | undefined> => {
    setReading(true)
    setError(undefined)
    try {
      let page = await readPage(account, of, { grep, container, ...start })
      for (let empty = 1; page.items.length === 0 && page.nextCursor !== null && empty < maxEmptyPages; empty++)
        page = await readPage(account, of, { grep, container, ...start, cursor: page.nextCursor })
      if (shown.current !== opened) return undefined
      addFacts(page)
      return page
    } catch (thrown) {
      if (shown.current === opened) setError(thrown)
      return undefined
    } finally {
      if (shown.current === opened) setReading(false)
    }
  }
  const readOlder = async () => {
    const first = lines[0]
    // Lines of the same millisecond can stand before the first one.
    const until = first && new Date(Date.parse(first.time) + 1).toISOString()
    const cursor = ends.older ?? undefined
    const page = await readFrom({ limit: pageLength, cursor, ...(cursor === undefined && until && { until }) })
    if (!page) return 0
    const fresh = withoutKnown(page.items, lines.slice(0, 2000))
    setLines((before) => [...fresh, ...before])
    setEnds((before) => ({ ...before, older: page.nextCursor }))
    return fresh.length
  }
  const readNewer = async () => {
    const page = await readFrom({ since: around!, limit: pageLength, cursor: ends.newer! })
    if (!page) return
    setLines((before) => [...before, ...page.items])
    setEnds((before) => ({ ...before, newer: page.nextCursor }))
  }
  const hasRoom = lines.length + pageLength <= maxLines
  return {
    lines,
    arrivedCount,
    isRead,
    readOlder: isRead && ends.older !== null && hasRoom ? readOlder : undefined,
    readNewer: ends.newer && hasRoom ? readNewer : undefined,
    isReading,
    notes,
    elsewhere,
    lagSeconds,
    error,
  }
}

function withoutKnown(added: readonly LogLine[], known: readonly LogLine[]): readonly LogLine[] {
  const ids = new Set(known.map(({ id }) => id))
  return added.filter(({ id }) => !ids.has(id))
}
