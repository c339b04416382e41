/** The metric series of a response: their names, units and CloudWatch queries. */
import type { UnavailablePart } from '../http/unavailable-parts.ts'
import type { MetricData, MetricQuery } from './metric-data.ts'
import type { MetricWindow } from './window.ts'

export interface SeriesQuery {
  name: string
  unit: 'percent' | 'count' | 'seconds'
  statistic: 'average' | 'maximum' | 'sum'
  /** The ARN of the target group, for a metric of a load balancer. */
  targetGroup?: string
  query: MetricQuery
  /** The factor from CloudWatch's value to the value of the series; default 1. */
  scale?: number
}

export interface Series extends Omit<SeriesQuery, 'query' | 'scale'> {
  points: [time: string, value: number][]
}

export interface Metrics {
  period: number
  since: string
  until: string
  series: Series[]
  unavailable?: UnavailablePart[]
}

/** Reads all series together. A metric that CloudWatch fails to read is added to `unavailable`. */
export async function readSeries(
  data: MetricData,
  queries: readonly SeriesQuery[],
  window: MetricWindow,
  unavailable: UnavailablePart[],
): Promise<Series[]> {
  const found = await Promise.all(queries.map(({ query }) => data.read(query, window)))
  return queries.flatMap(({ query: _query, scale = 1, ...series }, i) => {
    const { points, failure } = found[i]!
    if (failure !== undefined) {
      const ofGroup = series.targetGroup === undefined ? '' : ` of ${targetGroupName(series.targetGroup)}`
      const part = `${series.name} (${series.statistic})${ofGroup}`
      unavailable.push({ part, action: 'cloudwatch:GetMetricData', reason: `CloudWatch answers ${failure}` })
      return []
    }
    return [{ ...series, points: points.map(([time, value]) => [new Date(time).toISOString(), value * scale]) }]
  })
}

/** `targetgroup/web/73e2d6bc24d8a067`: the last part of the ARN, and the value of the dimension. */
export function targetGroupName(arn: string): string {
  return arn.slice(arn.lastIndexOf(':') + 1)
}

/** The body of the response. It has no `unavailable` when nothing is missing. */
export function metricsOf(window: MetricWindow, series: Series[], unavailable: UnavailablePart[]): Metrics {
  const iso = (seconds: number) => new Date(seconds * 1000).toISOString()
  return {
    period: window.period,
    since: iso(window.start),
    until: iso(window.end),
    series,
    ...(unavailable.length > 0 && { unavailable }),
  }
}

/** The queries of the average and maximum utilization of CPU and memory. */
export function utilizationQueries(
  namespace: string,
  names: { cpu: string; memory: string },
  dimensions: MetricQuery['dimensions'],
): SeriesQuery[] {
  return (['cpu', 'memory'] as const).flatMap((name) =>
    (['average', 'maximum'] as const).map((statistic) => ({
      name,
      unit: 'percent' as const,
      statistic,
      query: {
        namespace,
        metric: names[name],
        dimensions,
        statistic: statistic === 'average' ? ('Average' as const) : ('Maximum' as const),
      },
    })),
  )
}
