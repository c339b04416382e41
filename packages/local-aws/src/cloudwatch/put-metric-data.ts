/** PutMetricData (CloudWatch API Reference; "CloudWatch service quotas"). */
import type { MetricDatum, PutMetricDataInput } from '@aws-sdk/client-cloudwatch'
import type { Wire } from '@ecs-api/ecs-model'
import type { JsonActions } from '../protocol/json-actions.ts'
import {
  invalidCombination,
  invalidValue,
  type MetricContext,
  missingParameter,
  unsupported,
} from './metric-context.ts'
import { RESOLUTION_S, type Statistics, sortedDimensions } from './metric-tables.ts'

const MAX_DATA = 1_000
const MAX_VALUES = 150
const MAX_AGE_S = 14 * 86_400
const MAX_AHEAD_S = 2 * 3_600

export const putMetricDataActions: JsonActions<MetricContext> = {
  PutMetricData(context, input: Wire<PutMetricDataInput>) {
    const { Namespace: namespace = '', MetricData: data } = input
    // Seen from AWS, with the prefix instead of the whole value.
    if (namespace.startsWith('AWS/')) throw invalidValue('The value AWS/ for parameter Namespace is invalid.')
    if (input.EntityMetricData) throw unsupported('EntityMetricData')
    if (data === undefined || data.length === 0) throw missingParameter('MetricData')
    // Unverified words.
    if (data.length > MAX_DATA)
      throw invalidValue(`The collection MetricData must not have a size greater than ${MAX_DATA}.`)
    const now = context.clock.now() / 1000
    for (const [i, datum] of data.entries()) put(context, namespace, datum, `MetricData.member.${i + 1}`, now)
    context.tables.trim(now)
    return {}
  },
}

function put(context: MetricContext, namespace: string, datum: Wire<MetricDatum>, at: string, now: number): void {
  const { MetricName: name = '', Dimensions = [], Timestamp: time = now, Unit: unit = 'None' } = datum
  if (datum.StorageResolution !== undefined && datum.StorageResolution !== RESOLUTION_S)
    throw unsupported(`a StorageResolution other than ${RESOLUTION_S}`)
  // Unverified words.
  if (time < now - MAX_AGE_S)
    throw invalidValue(`The parameter ${at}.Timestamp must specify a time no more than two weeks in the past.`)
  if (time > now + MAX_AHEAD_S)
    throw invalidValue(`The parameter ${at}.Timestamp must specify a time no more than two hours in the future.`)
  const key = { namespace, name, dimensions: sortedDimensions(Dimensions as { Name: string; Value: string }[]) }
  const minute = Math.floor(time / RESOLUTION_S) * RESOLUTION_S
  context.tables.add(context, key, unit, { time: minute, ...statisticsOf(datum, at) })
}

function statisticsOf({ Value, StatisticValues: set, Values, Counts }: Wire<MetricDatum>, at: string): Statistics {
  const given = [Value, set, Values].filter((each) => each !== undefined).length
  // Seen from AWS.
  if (given === 0)
    throw invalidCombination(`At least one of the parameters ${at}.Value and ${at}.StatisticValues must be specified.`)
  if (given > 1)
    throw invalidCombination(
      `The parameters ${at}.Value, ${at}.StatisticValues and ${at}.Values are mutually exclusive and you have specified more than one.`,
    )
  if (Value !== undefined) {
    checkNumbers([Value], `${at}.Value`)
    return { count: 1, sum: Value, min: Value, max: Value }
  }
  if (set) {
    const { SampleCount: count = 0, Sum: sum = 0, Minimum: min = 0, Maximum: max = 0 } = set
    checkNumbers([count, sum, min, max], `${at}.StatisticValues`)
    if (count <= 0) throw invalidValue(`The value ${count} for parameter ${at}.StatisticValues.SampleCount is invalid.`)
    return { count, sum, min, max }
  }
  const values = Values ?? []
  const counts = Counts ?? values.map(() => 1)
  if (values.length === 0 || values.length > MAX_VALUES)
    throw invalidValue(`The collection ${at}.Values must have a size between 1 and ${MAX_VALUES}.`)
  if (counts.length !== values.length)
    throw invalidValue(`The parameters ${at}.Values and ${at}.Counts must be of the same size.`)
  checkNumbers([...values, ...counts], `${at}.Values`)
  return {
    count: counts.reduce((sum, count) => sum + count, 0),
    sum: values.reduce((sum, value, i) => sum + value * counts[i]!, 0),
    min: Math.min(...values),
    max: Math.max(...values),
  }
}

/** "Values must be in the range of -2^360 to 2^360", and NaN and infinities are rejected (PutMetricData). */
function checkNumbers(values: readonly number[], at: string): void {
  for (const value of values)
    if (!Number.isFinite(value) || Math.abs(value) > 2 ** 360)
      throw invalidValue(`The value ${value} for parameter ${at} is invalid.`)
}
