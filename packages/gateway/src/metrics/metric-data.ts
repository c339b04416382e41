/**
 * Reads the metrics of one account from CloudWatch. Queries for the same time window that arrive at about the same time
 * share a call, also those of different services: one call has up to 500 queries. CloudWatch bills each metric of a
 * call, so the gateway reads metrics only on request of a client.
 */
import { LRUCache } from 'lru-cache'
import type { Account } from '../aws/account.ts'
import { type Permit, withPermit } from '../aws/calls/permit.ts'
import { currentCallContext } from '../aws/calls/priority.ts'
import { sentAt } from '../aws/calls/sent-at.ts'
import { BatchedReads } from '../aws/reads/batched-reads.ts'
import { maxEntries } from '../lru-cache/max-entries.ts'
import { BadGateway } from '../problems/problem.ts'
import type { MetricWindow } from './window.ts'

/** The dimensions of a metric, by name. */
export type Dimensions = Readonly<Record<string, string>>

export interface MetricQuery {
  namespace: string
  metric: string
  dimensions: Dimensions
  statistic: 'Average' | 'Maximum' | 'SampleCount' | 'Sum'
}

/** In order of time; `time` is in milliseconds since 1970. A period without a value has no point. */
type Points = (readonly [time: number, value: number])[]

interface MetricResult {
  points: Points
  /** CloudWatch's error code and message when it could not read the metric; else undefined. */
  failure: string | undefined
}

/** GetMetricData's limit ("CloudWatch service quotas"). */
const maxQueries = 500
/** A limit for an endpoint whose pages do not end. A call has at most 720,000 points, which are 8 pages. */
const maxPages = 50
/** From this number on, windows without a read in progress are forgotten. */
const maxWindows = 100
/** The dimensions of a metric do not change. A replaced load balancer has other dimensions. */
const cacheDimensionsForMs = 3_600_000

export class MetricData {
  readonly #account: Account
  /** The reads of each time window, by its start and end. */
  readonly #readsOfWindows = new Map<string, BatchedReads<MetricResult>>()
  readonly #dimensions = new LRUCache<string, Dimensions>({ ...maxEntries(5000), ttl: cacheDimensionsForMs })

  constructor(account: Account) {
    this.#account = account
  }

  /** Reads the points of a metric. @throws Problem that says AWS's error */
  async read({ namespace, metric, dimensions, statistic }: MetricQuery, window: MetricWindow): Promise<MetricResult> {
    const { start, end, period } = window
    // `BatchedReads` shares reads with the same `ref`: they have the same query, in the same window.
    const ref = JSON.stringify([namespace, metric, sortedByName(dimensions), statistic, period])
    const context = currentCallContext() ?? this.#account.callContext()
    const { value } = await this.#readsOf(start, end).get(ref, context)
    return value ?? { points: [], failure: undefined }
  }

  /**
   * All dimensions of the metric that has the known dimensions. Of several such metrics, the one with the fewest
   * dimensions is taken. Undefined when CloudWatch has no such metric.
   */
  async findDimensions(
    namespace: string,
    metric: string,
    knownDimensions: Dimensions,
  ): Promise<Dimensions | undefined> {
    const key = JSON.stringify([namespace, metric, sortedByName(knownDimensions)])
    const known = this.#dimensions.get(key)
    if (known) return known
    const client = await this.#account.cloudWatch()
    const { Metrics: metrics = [] } = await client.listMetrics({
      Namespace: namespace,
      MetricName: metric,
      Dimensions: sortedByName(knownDimensions).map(([Name, Value]) => ({ Name, Value })),
    })
    const [found] = metrics
      .map(({ Dimensions = [] }) => Object.fromEntries(Dimensions.map(({ Name = '', Value = '' }) => [Name, Value])))
      .sort((a, b) => Object.keys(a).length - Object.keys(b).length)
    if (found) this.#dimensions.set(key, found)
    return found
  }

  #readsOf(start: number, end: number): BatchedReads<MetricResult> {
    const key = `${start} ${end}`
    const existing = this.#readsOfWindows.get(key)
    if (existing) return existing
    if (this.#readsOfWindows.size >= maxWindows)
      for (const [each, reads] of this.#readsOfWindows) if (reads.isIdle) this.#readsOfWindows.delete(each)
    const { acquirePermit, requestBudget } = this.#account
    const inBackground = { priority: 'background', caller: '' } as const
    const reads = new BatchedReads<MetricResult>({
      maxPerCall: maxQueries,
      describe: (refs, permit) => this.#getMetricData(refs, { start, end }, permit),
      acquirePermit: () => acquirePermit('GetMetricData'),
      releaseToken: () => requestBudget.releaseToken('GetMetricData'),
      hasSpareToken: () => requestBudget.delayMs('GetMetricData', inBackground) === 0,
    })
    this.#readsOfWindows.set(key, reads)
    return reads
  }

  async #getMetricData(refs: string[], { start, end }: { start: number; end: number }, permit: Permit | undefined) {
    const client = await this.#account.cloudWatch()
    const found = new Map<string, MetricResult>()
    let requestedAt = Number.POSITIVE_INFINITY
    let token: string | undefined
    for (let page = 0; page === 0 || token !== undefined; page++) {
      if (page === maxPages) throw new BadGateway('AwsError', 'The pages of GetMetricData do not end.')
      const input = {
        StartTime: new Date(start * 1000),
        EndTime: new Date(end * 1000),
        ScanBy: 'TimestampAscending' as const,
        MetricDataQueries: refs.map(queryOf),
        ...(token !== undefined && { NextToken: token }),
      }
      const output = await client.getMetricData(page === 0 ? withPermit(input, permit) : input)
      requestedAt = Math.min(requestedAt, sentAt(output))
      for (const { Id = '', Timestamps = [], Values = [], StatusCode, Messages = [] } of output.MetricDataResults ??
        []) {
        const ref = refs[Number(Id.slice(1))]
        if (ref === undefined) continue
        const points = Timestamps.map((time, i) => [time.getTime(), Values[i] ?? 0] as const)
        const failure = StatusCode === 'InternalError' || StatusCode === 'Forbidden' ? StatusCode : undefined
        const messages = Messages.map(({ Value }) => Value).join(' ')
        const before = found.get(ref)
        found.set(ref, {
          points: [...(before?.points ?? []), ...points],
          failure: before?.failure ?? (failure && `${failure}${messages && `: ${messages}`}`),
        })
      }
      token = output.NextToken
    }
    for (const { points } of found.values()) points.sort(([a], [b]) => a - b)
    return { found, requestedAt }
  }
}

function sortedByName(dimensions: Dimensions): [name: string, value: string][] {
  return Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1))
}

/** @param ref made by `read` */
function queryOf(ref: string, index: number) {
  const [namespace, metric, dimensions, statistic, period] = JSON.parse(ref) as [
    string,
    string,
    [string, string][],
    string,
    number,
  ]
  return {
    Id: `m${index}`,
    MetricStat: {
      Metric: {
        Namespace: namespace,
        MetricName: metric,
        Dimensions: dimensions.map(([Name, Value]) => ({ Name, Value })),
      },
      Period: period,
      Stat: statistic,
    },
  }
}
