/** A page of lines: the events of all batches merged, in order of time, with the cursor of the next page. */
import type { Account } from '../aws/account.ts'
import type { Caller } from '../http/caller.ts'
import { findMoment } from '../http/request/moment.ts'
import { type UnavailablePart, unavailableMember } from '../http/unavailable-parts.ts'
import { BadRequest, NotFound, Problem } from '../problems/problem.ts'
import type { AccountLogs } from './account-logs.ts'
import type { UnreadableContainerOfRevisions } from './find-sources.ts'
import { clockSlackMs, type FoundSources, findSources, type LogTarget, type TimeRange } from './find-sources.ts'
import { type LogLine, toLogLine } from './log-line.ts'
import { batchesOf, type LogSource, type SourceBatch } from './log-source.ts'
import type { LogEvent } from './log-streams.ts'
import { comparePositions, type PageCursor, type Position, readPageCursor, writePageCursor } from './position.ts'
import { type BatchRead, type ReadBudget, type ReadRequest, readLogEvents } from './read-events.ts'
import { searchFor } from './search.ts'

export interface PageQuery {
  container?: string
  /** For the logs of a service: only lines of this task. */
  task?: string
  /** A time, or a duration back from now. */
  since?: string
  /** Exclusive. */
  until?: string
  grep?: string
  ignoreCase?: boolean
  limit: number
  cursor?: string
}

export interface LogPage {
  /** In order of time, also where the next page is older. */
  items: LogLine[]
  nextCursor: string | null
  /** More than a hundred streams match, and only the newest were read. */
  incomplete: boolean
  elsewhere: UnreadableContainerOfRevisions[]
  unavailable?: UnavailablePart[]
}

const hourMs = 3_600_000
/** CloudWatch Logs accepts events up to two hours in the future. */
const maxFutureMs = 2 * hourMs
const maxCalls = 20
const maxBytes = 3 * 2 ** 20
const maxReadMs = 20_000

export interface PageDeps {
  logs: AccountLogs
  caller: Pick<Caller, 'isFencedToClusters'>
  /** Milliseconds since 1970. */
  now: number
}

/**
 * Reads a page of the log lines of a service or a task.
 * @throws NotFound for the service or task, `LogGroupNotFound`; BadRequest `InvalidQuery`, `InvalidCursor`;
 *   NotOfferedByAws;
 *   BadGateway `AwsAccessDenied`
 */
export async function readPage(
  account: Account,
  target: LogTarget,
  query: PageQuery,
  { logs, caller, now }: PageDeps,
): Promise<LogPage> {
  const { cursor, range } = readRange(query, now)
  const found = await findSources(account, caller, { ...target, task: target.task ?? query.task }, range, logs)
  const { from, omittedFrom } = omissionsOf(found, range)
  const reading: ReadRequest = {
    direction: cursor.direction,
    start: cursor.position,
    lastMs: cursor.direction === 'older' ? from : range.to,
    limit: query.limit,
    search: searchFor(query),
    windowMs: cursor.windowMs,
  }
  const merged = await readMerged(found.sources, reading, logs, omittedFrom)
  const oldest = merged.events.at(cursor.direction === 'older' ? -1 : 0)
  const isOmittedInPage = ({ stoppedAt = now }: { stoppedAt: number | undefined }) =>
    stoppedAt >= (cursor.direction === 'older' ? (oldest?.time ?? from) : range.from)
  const all = [...found.unavailable, ...merged.unavailable]
  return {
    items: merged.events.map(toLogLine).toSorted(byTime),
    nextCursor: merged.next && writePageCursor(merged.next),
    incomplete: found.omittedTasks.some(isOmittedInPage),
    elsewhere: found.elsewhere,
    ...unavailableMember(all),
  }
}

/** `?since` and `?until` in milliseconds since 1970. @throws BadRequest `InvalidQuery` */
export function readTimes(query: Pick<PageQuery, 'since' | 'until'>, now: number) {
  const since = query.since === undefined ? undefined : findMoment(query.since, now)
  const until = (query.until === undefined ? undefined : findMoment(query.until, now)) ?? now + maxFutureMs
  if (since === undefined || since < until) return { since, until }
  const message = 'must be before until, and not in the future'
  throw new BadRequest('InvalidQuery', `?since: ${message}.`, { errors: [{ in: 'query', name: 'since', message }] })
}

/** @throws BadRequest `InvalidQuery`, `InvalidCursor` */
function readRange(query: PageQuery, now: number): { cursor: PageCursor; range: TimeRange } {
  const { since, until } = readTimes(query, now)
  const cursor = query.cursor === undefined ? undefined : readPageCursor(query.cursor)
  const start = firstCursor(since, until)
  const { position } = cursor ?? start
  const isOlder = (cursor ?? start).direction === 'older'
  return {
    cursor: cursor ?? start,
    range: isOlder
      ? { from: 0, to: Math.min(until - 1, position.time) }
      : { from: Math.max(since ?? 0, position.time), to: until - 1 },
  }
}

function firstCursor(since: number | undefined, until: number): PageCursor {
  if (since === undefined) return { direction: 'older', position: { time: until, id: '' }, windowMs: 0 }
  return { direction: 'newer', position: { time: Math.max(0, since), id: '' }, windowMs: 0 }
}

/**
 * Returns the time of the oldest line that the sources can have (`from`), and the position `omittedFrom`: only before
 * it are there lines of omitted sources. Sources are omitted when there are too many.
 */
function omissionsOf({ sources, omittedTasks, completeSince }: FoundSources, { from }: TimeRange) {
  const oldest = Math.min(...sources.map(({ createdAt }) => createdAt))
  if (!Number.isFinite(oldest)) return { from, omittedFrom: undefined }
  const isWhole = omittedTasks.length === 0 && completeSince === undefined
  return { from: Math.max(0, from, oldest - clockSlackMs), omittedFrom: isWhole ? undefined : { time: oldest, id: '' } }
}

export interface MergedEvents {
  /** In the direction of the reading. */
  events: LogEvent[]
  /** The position at which the next page begins; null on the last page. */
  next: PageCursor | null
  unavailable: UnavailablePart[]
}

/**
 * Reads the events of all sources and merges them.
 * @param omittedFrom sources that are not in `sources` have lines before this position
 */
export async function readMerged(
  sources: readonly LogSource[],
  reading: ReadRequest,
  logs: Pick<AccountLogs, 'streams' | 'endpointOrder'>,
  omittedFrom?: Position,
): Promise<MergedEvents> {
  const { reads, unavailable } = await readAll(batchesOf(sources), reading, logs)
  return { ...merge(reads, reading, omittedFrom), unavailable }
}

/**
 * Reads all batches. When the log group of a batch is missing or AWS denies access to it, the others are still read.
 * @throws Problem of the first batch, when no batch could be read
 */
async function readAll(
  batches: readonly SourceBatch[],
  reading: ReadRequest,
  { streams, endpointOrder }: Pick<AccountLogs, 'streams' | 'endpointOrder'>,
): Promise<{ reads: BatchRead[]; unavailable: UnavailablePart[] }> {
  const budget: ReadBudget = {
    remainingCalls: maxCalls,
    remainingBytes: maxBytes,
    deadlineMs: performance.now() + maxReadMs,
  }
  const reads: BatchRead[] = []
  const unavailable: UnavailablePart[] = []
  let problem: unknown
  for (const batch of batches) {
    try {
      reads.push(await readLogEvents(streams, batch, reading, { budget, endpointOrder }))
    } catch (error) {
      if (!isGroupProblem(error)) throw error
      problem ??= error
      unavailable.push({
        part: `log group ${batch.group}`,
        action: 'logs:FilterLogEvents',
        reason: error.detail,
      })
    }
  }
  if (problem && reads.length === 0) throw problem
  return { reads, unavailable }
}

/** Whether the problem concerns only one log group. */
function isGroupProblem(error: unknown): error is Problem {
  return (
    (error instanceof NotFound && error.code === 'LogGroupNotFound') ||
    (error instanceof Problem && error.code === 'AwsAccessDenied')
  )
}

/** Merges the events up to the position that every batch has reached, at most `limit`. */
function merge(
  reads: readonly BatchRead[],
  { direction, limit, start }: ReadRequest,
  omittedFrom: Position | undefined,
) {
  const compare = direction === 'older' ? (a: Position, b: Position) => comparePositions(b, a) : comparePositions
  const reached = reads.flatMap((read) => read.readUpTo ?? []).sort(compare)[0]
  const all = reads
    .flatMap(({ events }) => events)
    .filter((event) => reached === undefined || compare(event, reached) <= 0)
    .sort(compare)
  const events = all.slice(0, limit)
  const last = events.at(-1)
  const areOmittedAhead = direction === 'older' && omittedFrom && comparePositions(omittedFrom, start) < 0
  const position =
    all.length > limit && last
      ? { time: last.time, id: last.id }
      : (reached ?? (areOmittedAhead ? omittedFrom : undefined))
  const windowMs = all.length > limit ? 0 : Math.max(0, ...reads.map((read) => read.windowMs))
  return { events, next: position ? { direction, position, windowMs } : null }
}

function byTime(a: LogLine, b: LogLine): number {
  if (a.time !== b.time) return a.time < b.time ? -1 : 1
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0
}
