/**
 * The metrics of one account. Queries for the same window that arrive at about the same time share a call, whatever
 * services they belong to: one call has up to 500 queries. CloudWatch bills each metric of a request, so this code
 * sends none by itself.
 */
import { LRUCache } from 'lru-cache'
import type { Account } from '../aws/account.ts'
import { type Permit, withPermit } from '../aws/calls/permit.ts'
import { currentCallContext } from '../aws/calls/priority.ts'
import { sentAt } from '../aws/calls/sent-at.ts'
import { BatchedReads } from '../aws/reads/batched-reads.ts'
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

interface Found {
  points: Points
  /** CloudWatch could not read the metric: its code and its words. */
  failure: string | undefined
}

/** GetMetricData's limit ("CloudWatch service quotas"). */
const maxQueries = 500
/** An endpoint whose pages do not end must not keep a request for ever: 720,000 points are 8 pages. */
const maxPages = 50
const maxWindows = 100
/** The dimensions of a metric do not change; a load balancer that is replaced gets new ones. */
const dimensionsMs = 3_600_000

export class MetricData {
  readonly #account: Account
  /** By start and end. */
  readonly #windows = new Map<string, BatchedReads<Found>>()
  readonly #dimensions = new LRUCache<string, Dimensions>({ max: 5000, ttl: dimensionsMs })

  constructor(account: Account) {
    this.#account = account
  }

  /** The points of a metric. @throws Problem that AWS's error means */
  async read({ namespace, metric, dimensions, statistic }: MetricQuery, window: MetricWindow): Promise<Found> {
    const { start, end, period } = window
    // The key of a read that may be shared: the same query in the same window.
    const ref = JSON.stringify([namespace, metric, sorted(dimensions), statistic, period])
    const context = currentCallContext() ?? this.#account.callContext()
    const { value } = await this.#reads(start, end).get(ref, context)
    return value ?? { points: [], failure: undefined }
  }

  /**
   * The dimensions of the metric that has these ones among its own, with the fewest others; undefined when CloudWatch
   * has no such metric.
   */
  async findDimensions(namespace: string, metric: string, among: Dimensions): Promise<Dimensions | undefined> {
    const key = JSON.stringify([namespace, metric, sorted(among)])
    const known = this.#dimensions.get(key)
    if (known) return known
    const client = await this.#account.cloudWatch()
    const { Metrics: metrics = [] } = await client.listMetrics({
      Namespace: namespace,
      MetricName: metric,
      Dimensions: sorted(among).map(([Name, Value]) => ({ Name, Value })),
    })
    const [found] = metrics
      .map(({ Dimensions = [] }) => Object.fromEntries(Dimensions.map(({ Name = '', Value = '' }) => [Name, Value])))
      .sort((a, b) => Object.keys(a).length - Object.keys(b).length)
    if (found) this.#dimensions.set(key, found)
    return found
  }

  #reads(start: number, end: number): BatchedReads<Found> {
    const key = `${start} ${end}`
    const existing = this.#windows.get(key)
    if (existing) return existing
    if (this.#windows.size >= maxWindows)
      for (const [each, reads] of this.#windows) if (reads.isIdle) this.#windows.delete(each)
    const { acquire, budget } = this.#account
    const inBackground = { priority: 'background', caller: '' } as const
    const reads = new BatchedReads<Found>({
      maxPerCall: maxQueries,
      describe: (refs, permit) => this.#getMetricData(refs, { start, end }, permit),
      acquire: () => acquire('GetMetricData'),
      release: () => budget.release('GetMetricData'),
      hasSpareToken: () => budget.delayMs('GetMetricData', inBackground) === 0,
    })
    this.#windows.set(key, reads)
    return reads
  }

  async #getMetricData(refs: string[], { start, end }: { start: number; end: number }, permit: Permit | undefined) {
    const client = await this.#account.cloudWatch()
    const found = new Map<string, Found>()
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
        const words = Messages.map(({ Value }) => Value).join(' ')
        const before = found.get(ref)
        found.set(ref, {
          points: [...(before?.points ?? []), ...points],
          failure: before?.failure ?? (failure && `${failure}${words && `: ${words}`}`),
        })
      }
      token = output.NextToken
    }
    for (const { points } of found.values()) points.sort(([a], [b]) => a - b)
    return { found, requestedAt }
  }
}

function sorted(dimensions: Dimensions): [name: string, value: string][] {
  return Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1))
}

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
