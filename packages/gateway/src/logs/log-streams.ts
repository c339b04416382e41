/**
 * Calls to CloudWatch Logs about the log streams of containers. FilterLogEvents rejects a call if one of its streams
 * does not exist. The gateway then finds the missing streams and repeats the call without them.
 */
import type { FilteredLogEvent } from '@aws-sdk/client-cloudwatch-logs'
import { LRUCache } from 'lru-cache'
import type { Account } from '../aws/account.ts'
import { maxEntries } from '../lru-cache/max-entries.ts'
import { NotFound } from '../problems/problem.ts'
import type { LogSource, SourceBatch } from './log-source.ts'
import type { Position } from './position.ts'

/** A line of a container: an event of CloudWatch Logs. */
export interface LogEvent extends Position {
  message: string
  /** When CloudWatch Logs received the event, in milliseconds since 1970. */
  ingestedAt: number
  source: LogSource
}

export interface EventQuery {
  /** Milliseconds since 1970, inclusive. */
  from: number
  /** Inclusive. */
  to?: number | undefined
  /** Returns the latest events first. Then `from` must not be before 2024. */
  newestFirst?: boolean
  filterPattern?: string | undefined
  limit?: number
  /** `EventPage.next` of the page before; undefined for the first page. */
  page?: NextPage | undefined
}

export interface EventPage {
  events: LogEvent[]
  /** Undefined on the last page. An empty page may have a next page. */
  next: NextPage | undefined
}

/**
 * AWS's token for a next page, and the names of the streams that it is for: CloudWatch Logs accepts a token only with
 * the parameters of the call that returned it.
 */
export interface NextPage {
  token: string
  streams: string[]
}

/** FilterLogEvents rejects `startFromHead: false` with an earlier `startTime`. */
export const earliestTimeForNewestFirst = Date.UTC(2024, 0, 1)
/** FilterLogEvents returns at most this many events. */
export const maxEventsPerRequest = 10_000
/** A missing stream is not requested again for this long. */
const rememberMissingMs = 3_000

export class LogStreams {
  readonly #account: Account
  readonly #missing = new LRUCache<string, true>({ ...maxEntries(10_000), ttl: rememberMissingMs })

  constructor(account: Account) {
    this.#account = account
  }

  /**
   * One page of the events of the batch's streams.
   * @throws NotFound `LogGroupNotFound`; `LogStreamNotFound` when AWS misses a stream that it lists
   * @throws NotOfferedByAws where the endpoint has no CloudWatch Logs
   * @throws BadGateway `AwsAccessDenied`
   */
  async filter(batch: SourceBatch, query: EventQuery): Promise<EventPage> {
    // `#missing` may forget a stream before this call ends, so the call has a list of its own.
    const missing = new Set<string>()
    for (;;) {
      const candidates = query.page?.streams ?? this.#namesOf(batch)
      const names = candidates.filter((name) => !missing.has(name))
      if (names.length === 0) return { events: [], next: undefined }
      try {
        return await this.#filter(batch, names, query)
      } catch (error) {
        if (!(error instanceof NotFound) || error.code !== 'LogStreamNotFound') throw error
        const requestedSources = names.flatMap((name) => batch.sources.get(name) ?? [])
        const found = await this.#findMissing(requestedSources)
        if (found.length === 0) throw error
        for (const { stream } of found) missing.add(stream)
      }
    }
  }

  /** The streams of the batch that are not known to be missing. */
  #namesOf({ sources }: SourceBatch): string[] {
    return [...sources].filter(([, source]) => !this.#missing.has(keyOf(source))).map(([name]) => name)
  }

  /**
   * One page of the events of one stream, with a single call.
   * @throws NotFound `LogStreamNotFound`, and the problems of `filter`
   */
  filterOne(source: LogSource, query: EventQuery): Promise<EventPage> {
    const { region, group, stream } = source
    return this.#filter({ region, group, sources: new Map([[stream, source]]) }, [stream], query)
  }

  async #filter(
    { region, group, sources }: SourceBatch,
    names: string[],
    { from, to, newestFirst, filterPattern, limit = maxEventsPerRequest, page }: EventQuery,
  ): Promise<EventPage> {
    const logs = await this.#account.logs(region)
    const { events = [], nextToken } = await logs.filterLogEvents({
      logGroupName: group,
      logStreamNames: names,
      startTime: from,
      endTime: to,
      limit,
      nextToken: page?.token,
      ...(newestFirst && { startFromHead: false }),
      ...(filterPattern !== undefined && { filterPattern }),
    })
    return {
      events: events.flatMap((event) => toLogEvents(event, sources)),
      next: nextToken === undefined ? undefined : { token: nextToken, streams: names },
    }
  }

  /** The sources whose stream exists, with the time of its creation. */
  async findExisting(sources: readonly LogSource[]): Promise<LogSource[]> {
    const found = await Promise.all(
      sources.map(async (source) => {
        const createdAt = await this.#findCreation(source)
        return createdAt === undefined ? [] : [{ ...source, createdAt }]
      }),
    )
    return found.flat()
  }

  /** Finds missing streams and records them. It first checks containers that may not have started. */
  async #findMissing(sources: readonly LogSource[]): Promise<LogSource[]> {
    for (const isUncertain of [true, false]) {
      const some = sources.filter((source) => source.mayBeMissing === isUncertain)
      const existing = new Set((await this.findExisting(some)).map(keyOf))
      const missing = some.filter((source) => !existing.has(keyOf(source)))
      for (const source of missing) this.#missing.set(keyOf(source), true)
      if (missing.length > 0) return missing
    }
    return []
  }

  /** The time of the stream's creation or of its first event, if earlier; undefined when the stream does not exist. */
  async #findCreation({ region, group, stream }: LogSource): Promise<number | undefined> {
    const logs = await this.#account.logs(region)
    const { logStreams = [] } = await logs.describeLogStreams({
      logGroupName: group,
      logStreamNamePrefix: stream,
      limit: 1,
    })
    const [found] = logStreams
    if (found?.logStreamName !== stream) return undefined
    const { creationTime = 0, firstEventTimestamp = creationTime } = found
    return Math.min(creationTime, firstEventTimestamp)
  }
}

function keyOf({ region, group, stream }: LogSource): string {
  return `${region} ${group} ${stream}`
}

/** @returns one event, or none when the stream is not one of the sources */
function toLogEvents(
  { logStreamName = '', timestamp = 0, eventId = '', message = '', ingestionTime = timestamp }: FilteredLogEvent,
  sources: SourceBatch['sources'],
): LogEvent[] {
  const source = sources.get(logStreamName)
  return source ? [{ time: timestamp, id: eventId, message, ingestedAt: ingestionTime, source }] : []
}
