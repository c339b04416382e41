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
  pattern?: string | undefined
  limit?: number
  nextToken?: string | undefined
}

export interface EventPage {
  events: LogEvent[]
  /** Undefined on the last page. An empty page may have a next page. */
  nextToken: string | undefined
}

/** FilterLogEvents rejects `startFromHead: false` with an earlier `startTime`. */
export const earliestNewestFirst = Date.UTC(2024, 0, 1)
/** FilterLogEvents returns at most this many events. */
export const maxEvents = 10_000
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
   * @throws NotFound `LogGroupNotFound`; NotOfferedByAws; BadGateway `AwsAccessDenied`
   */
  async filter(batch: SourceBatch, query: EventQuery): Promise<EventPage> {
    for (;;) {
      const names = [...batch.sources].filter(([, source]) => !this.#missing.has(keyOf(source))).map(([name]) => name)
      if (names.length === 0) return { events: [], nextToken: undefined }
      try {
        return await this.#filter(batch, names, query)
      } catch (error) {
        if (!(error instanceof NotFound) || error.code !== 'LogStreamNotFound') throw error
        const requestedSources = names.map((name) => batch.sources.get(name)!)
        if (!(await this.#findMissing(requestedSources))) throw error
      }
    }
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
    { from, to, newestFirst, pattern, limit = maxEvents, nextToken }: EventQuery,
  ): Promise<EventPage> {
    const logs = await this.#account.logs(region)
    const page = await logs.filterLogEvents({
      logGroupName: group,
      logStreamNames: names,
      startTime: from,
      endTime: to,
      limit,
      nextToken,
      ...(newestFirst && { startFromHead: false }),
      ...(pattern !== undefined && { filterPattern: pattern }),
    })
    return {
      events: (page.events ?? []).flatMap((event) => lineOf(event, sources)),
      nextToken: page.nextToken,
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

  /** Records missing streams; true when there is one. It first checks containers that may not have started. */
  async #findMissing(sources: readonly LogSource[]): Promise<boolean> {
    for (const isUncertain of [true, false]) {
      const some = sources.filter((source) => source.mayBeMissing === isUncertain)
      const existing = new Set((await this.findExisting(some)).map(keyOf))
      const missing = some.filter((source) => !existing.has(keyOf(source)))
      for (const source of missing) this.#missing.set(keyOf(source), true)
      if (missing.length > 0) return true
    }
    return false
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

function lineOf(
  { logStreamName = '', timestamp = 0, eventId = '', message = '', ingestionTime = timestamp }: FilteredLogEvent,
  sources: SourceBatch['sources'],
): LogEvent[] {
  const source = sources.get(logStreamName)
  return source ? [{ time: timestamp, id: eventId, message, ingestedAt: ingestionTime, source }] : []
}
