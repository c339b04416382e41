/**
 * GetMetricData for queries that name a metric (CloudWatch API Reference). Metric math, Metrics Insights and
 * percentiles are not supported.
 */
import type { GetMetricDataInput, MetricDataQuery } from '@aws-sdk/client-cloudwatch'
import type { AwsJson } from '@ecs-api/ecs-model'
import { AwsError } from '../protocol/aws-error.ts'
import type { JsonActions } from '../protocol/json-actions.ts'
import { invalidCombination, invalidValue, type MetricContext, unsupportedFeature } from './metric-context.ts'
import { type Point, RESOLUTION_S, type Statistics, sortedDimensions } from './metric-tables.ts'

const MAX_QUERIES = 500
const MAX_POINTS = 100_800

const statistics: Readonly<Record<string, (point: Statistics) => number>> = {
  Average: ({ sum, count }) => sum / count,
  Sum: ({ sum }) => sum,
  SampleCount: ({ count }) => count,
  Minimum: ({ min }) => min,
  Maximum: ({ max }) => max,
}

/** The result of one query. */
interface Series {
  id: string
  label: string
  points: (readonly [time: number, value: number])[]
}

export const getMetricDataActions: JsonActions<MetricContext> = {
  GetMetricData(context, input: AwsJson<GetMetricDataInput>) {
    const { MetricDataQueries: queries = [], StartTime = 0, EndTime = 0, MaxDatapoints: maxPoints = MAX_POINTS } = input
    checkInput(input)
    const range = { start: Math.floor(StartTime / RESOLUTION_S) * RESOLUTION_S, end: EndTime }
    const series = queries
      .filter(({ ReturnData = true }) => ReturnData)
      .map((query) => seriesOf(context, query, range, input.ScanBy === 'TimestampAscending'))
    const { results, next } = pageOfSeries(series, parsePosition(input.NextToken), maxPoints)
    return {
      MetricDataResults: results.map(({ id, label, points, isPartial }) => ({
        Id: id,
        Label: label,
        Timestamps: points.map(([time]) => new Date(time * 1000)),
        Values: points.map(([, value]) => value),
        StatusCode: isPartial ? 'PartialData' : 'Complete',
      })),
      Messages: [],
      ...(next && { NextToken: tokenOf(next) }),
    }
  },
}

/** @throws AwsError. Its texts were not compared with AWS's, except the text about StartTime and EndTime. */
function checkInput({
  MetricDataQueries: queries = [],
  StartTime = 0,
  EndTime = 0,
  MaxDatapoints,
}: AwsJson<GetMetricDataInput>) {
  if (queries.length === 0 || queries.length > MAX_QUERIES)
    throw new AwsError(
      'ValidationException',
      `The collection MetricDataQueries must have a size between 1 and ${MAX_QUERIES}.`,
    )
  if (StartTime >= EndTime)
    throw new AwsError('ValidationException', 'The parameter StartTime must be less than the parameter EndTime.')
  if (MaxDatapoints !== undefined && (MaxDatapoints < 1 || MaxDatapoints > MAX_POINTS))
    throw new AwsError('ValidationException', `The parameter MaxDatapoints must be between 1 and ${MAX_POINTS}.`)
  const ids = new Set<string>()
  for (const { Id = '' } of queries) {
    if (!/^[a-z]\w*$/.test(Id))
      throw new AwsError('ValidationException', `The value ${Id} for parameter MetricDataQueries.member.Id is invalid.`)
    if (ids.has(Id))
      throw new AwsError('ValidationException', `The values for parameter id in MetricDataQueries are not unique.`)
    ids.add(Id)
  }
}

function seriesOf(
  context: MetricContext,
  { Id: id = '', MetricStat: metricStat, Expression, Label, AccountId }: AwsJson<MetricDataQuery>,
  { start, end }: { start: number; end: number },
  isAscending: boolean,
): Series {
  if (Expression !== undefined && metricStat)
    throw invalidCombination('Specify either MetricStat or Expression, not both.')
  if (Expression !== undefined) throw unsupportedFeature('metric math and Metrics Insights')
  if (!metricStat) throw invalidCombination(`The query ${id} must have either MetricStat or Expression.`)
  if (AccountId !== undefined && AccountId !== context.account) throw unsupportedFeature('cross-account observability')
  if (Label?.includes('${')) throw unsupportedFeature('dynamic labels')
  const { Metric: metric = {}, Period: period = RESOLUTION_S, Stat: stat = '', Unit } = metricStat
  const valueOfPoint = Object.hasOwn(statistics, stat) ? statistics[stat] : undefined
  if (!valueOfPoint) throw unsupportedFeature(`the statistic ${stat}`)
  if (![1, 5, 10, 20, 30].includes(period) && period % RESOLUTION_S !== 0)
    throw invalidValue('The parameter Period must be a value in the set [1, 5, 10, 20, 30] or a multiple of 60.')
  const { Namespace: namespace = '', MetricName: name = '', Dimensions = [] } = metric
  const key = { namespace, name, dimensions: sortedDimensions(Dimensions as { Name: string; Value: string }[]) }
  const points = context.tables
    .seriesOfMetric(context, key)
    .filter(({ unit }) => Unit === undefined || unit === Unit)
    .flatMap((series) => context.tables.points(series.id, start, end))
  const values = pointsByPeriod(points, start, period).map((point) => [point.time, valueOfPoint(point)] as const)
  return { id, label: Label ?? name, points: isAscending ? values : values.reverse() }
}

/**
 * One point for each period, oldest first. Periods begin at the start of the range; this was not compared with AWS.
 */
function pointsByPeriod(points: readonly Point[], start: number, period: number): Point[] {
  const pointsByTime = new Map<number, Point>()
  for (const point of points) {
    const time = start + Math.floor((point.time - start) / period) * period
    const { count, sum, min, max } = pointsByTime.get(time) ?? { count: 0, sum: 0, min: Infinity, max: -Infinity }
    pointsByTime.set(time, {
      time,
      count: count + point.count,
      sum: sum + point.sum,
      min: Math.min(min, point.min),
      max: Math.max(max, point.max),
    })
  }
  return [...pointsByTime.values()].sort((a, b) => a.time - b.time)
}

/**
 * The point at which the next page begins: the index of its query among those that return data, and its index in the
 * query's series.
 */
interface Position {
  queryIndex: number
  pointIndex: number
}

function pageOfSeries(series: readonly Series[], start: Position, maxPoints: number) {
  const results: (Series & { isPartial: boolean })[] = []
  let remaining = maxPoints
  let next: Position | undefined
  for (const [queryIndex, querySeries] of series.entries()) {
    if (queryIndex < start.queryIndex) continue
    if (remaining === 0) {
      next ??= { queryIndex, pointIndex: 0 }
      break
    }
    const first = queryIndex === start.queryIndex ? start.pointIndex : 0
    const points = querySeries.points.slice(first, first + remaining)
    remaining -= points.length
    const isPartial = first + points.length < querySeries.points.length
    results.push({ ...querySeries, points, isPartial })
    if (isPartial) next = { queryIndex, pointIndex: first + points.length }
    if (next) break
  }
  return { results, next }
}

function tokenOf({ queryIndex, pointIndex }: Position): string {
  return Buffer.from(`${queryIndex}:${pointIndex}`).toString('base64url')
}

function parsePosition(token: string | undefined): Position {
  if (token === undefined) return { queryIndex: 0, pointIndex: 0 }
  const [, query, point] = /^(\d{1,3}):(\d{1,6})$/.exec(Buffer.from(token, 'base64url').toString()) ?? []
  if (query === undefined || point === undefined)
    throw new AwsError('InvalidNextToken', 'The next token specified is invalid.')
  return { queryIndex: Number(query), pointIndex: Number(point) }
}
