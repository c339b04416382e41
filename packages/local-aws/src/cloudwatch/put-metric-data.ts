/** PutMetricData (CloudWatch API Reference; "CloudWatch service quotas"). */
import type { MetricDatum, PutMetricDataInput } from '@aws-sdk/client-cloudwatch'
import type { AwsJson } from '@ecs-api/ecs-model'
import type { JsonActions } from '../protocol/json-actions.ts'
import {
  invalidCombination,
  invalidValue,
  type MetricContext,
  missingParameter,
  unsupportedFeature,
} from './metric-context.ts'
import { RESOLUTION_S, type Statistics, sortedDimensions } from './metric-tables.ts'

const MAX_DATA = 1_000
const MAX_VALUES = 150
const MAX_AGE_S = 14 * 86_400
const MAX_AHEAD_S = 2 * 3_600

export const putMetricDataActions: JsonActions<MetricContext> = {
  PutMetricData(context, input: AwsJson<PutMetricDataInput>) {
    const { Namespace: namespace = '', MetricData: data } = input
    // AWS's text, as recorded. It has the prefix instead of the whole value.
    if (namespace.startsWith('AWS/')) throw invalidValue('The value AWS/ for parameter Namespace is invalid.')
    if (input.EntityMetricData) throw unsupportedFeature('EntityMetricData')
    if (data === undefined || data.length === 0) throw missingParameter('MetricData')
    // The text was not compared with AWS's.
    if (data.length > MAX_DATA)
      throw invalidValue(`The collection MetricData must not have a size greater than ${MAX_DATA}.`)
    const now = context.clock.now() / 1000
    for (const [i, datum] of data.entries()) putDatum(context, namespace, datum, `MetricData.member.${i + 1}`, now)
    context.tables.deleteOldPoints(now)
    return {}
  },
}

/**
 * Stores one datum.
 * @param path the place of the datum in the request, for errors: `MetricData.member.1`
 * @param now seconds since 1970
 */
function putDatum(
  context: MetricContext,
  namespace: string,
  datum: AwsJson<MetricDatum>,
  path: string,
  now: number,
): void {
  const { MetricName: name = '', Dimensions = [], Timestamp: time = now, Unit: unit = 'None' } = datum
  if (datum.StorageResolution !== undefined && datum.StorageResolution !== RESOLUTION_S)
    throw unsupportedFeature(`a StorageResolution other than ${RESOLUTION_S}`)
  // These texts were not compared with AWS's.
  if (time < now - MAX_AGE_S)
    throw invalidValue(`The parameter ${path}.Timestamp must specify a time no more than two weeks in the past.`)
  if (time > now + MAX_AHEAD_S)
    throw invalidValue(`The parameter ${path}.Timestamp must specify a time no more than two hours in the future.`)
  const key = { namespace, name, dimensions: sortedDimensions(Dimensions as { Name: string; Value: string }[]) }
  const minute = Math.floor(time / RESOLUTION_S) * RESOLUTION_S
  context.tables.add(context, key, unit, { time: minute, ...statisticsOf(datum, path) })
}

function statisticsOf(
  { Value, StatisticValues: statisticSet, Values, Counts }: AwsJson<MetricDatum>,
  path: string,
): Statistics {
  const givenCount = [Value, statisticSet, Values].filter((each) => each !== undefined).length
  // AWS's text, as recorded.
  if (givenCount === 0)
    throw invalidCombination(
      `At least one of the parameters ${path}.Value and ${path}.StatisticValues must be specified.`,
    )
  if (givenCount > 1)
    throw invalidCombination(
      `The parameters ${path}.Value, ${path}.StatisticValues and ${path}.Values are mutually exclusive and you have specified more than one.`,
    )
  if (Value !== undefined) {
    checkNumbers([Value], `${path}.Value`)
    return { count: 1, sum: Value, min: Value, max: Value }
  }
  if (statisticSet) {
    const { SampleCount: count = 0, Sum: sum = 0, Minimum: min = 0, Maximum: max = 0 } = statisticSet
    checkNumbers([count, sum, min, max], `${path}.StatisticValues`)
    if (count <= 0)
      throw invalidValue(`The value ${count} for parameter ${path}.StatisticValues.SampleCount is invalid.`)
    return { count, sum, min, max }
  }
  const values = Values ?? []
  const counts = Counts ?? values.map(() => 1)
  if (values.length === 0 || values.length > MAX_VALUES)
    throw invalidValue(`The collection ${path}.Values must have a size between 1 and ${MAX_VALUES}.`)
  if (counts.length !== values.length)
    throw invalidValue(`The parameters ${path}.Values and ${path}.Counts must be of the same size.`)
  checkNumbers([...values, ...counts], `${path}.Values`)
  return {
    count: counts.reduce((sum, count) => sum + count, 0),
    sum: values.reduce((sum, value, i) => sum + value * counts[i]!, 0),
    min: Math.min(...values),
    max: Math.max(...values),
  }
}

/** "Values must be in the range of -2^360 to 2^360", and NaN and infinities are rejected (PutMetricData). */
function checkNumbers(values: readonly number[], path: string): void {
  for (const value of values)
    if (!Number.isFinite(value) || Math.abs(value) > 2 ** 360)
      throw invalidValue(`The value ${value} for parameter ${path} is invalid.`)
}
