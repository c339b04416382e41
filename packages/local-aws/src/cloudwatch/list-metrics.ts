/** ListMetrics (CloudWatch API Reference): the metrics that have had a value in the last two weeks. */
import type { ListMetricsInput } from '@aws-sdk/client-cloudwatch'
import type { AwsJson } from '@ecs-api/ecs-model'
import type { JsonActions } from '../protocol/json-actions.ts'
import { pageOfList } from '../protocol/pages.ts'
import { invalidValue, type MetricContext, unsupportedFeature } from './metric-context.ts'
import type { MetricKey, SeriesRow } from './metric-tables.ts'

const PAGE_SIZE = 500
const LISTED_AGE_S = 14 * 86_400
const RECENT_AGE_S = 3 * 3_600

export const listMetricsActions: JsonActions<MetricContext> = {
  ListMetrics(context, input: AwsJson<ListMetricsInput>) {
    if (input.IncludeLinkedAccounts || input.OwningAccount) throw unsupportedFeature('cross-account observability')
    const since = context.clock.now() / 1000 - (input.RecentlyActive === undefined ? LISTED_AGE_S : RECENT_AGE_S)
    const found = new Map(
      context.tables
        .listSeries(context, since)
        .filter((series) => isListed(series, input))
        .map((series) => [`${series.namespace}\n${series.name}\n${series.dimensions}`, series]),
    )
    const { items, nextToken } = pageOfList(
      found,
      input.NextToken === undefined ? {} : { nextToken: input.NextToken },
      {
        keyOf: ([key]) => key,
        defaultSize: PAGE_SIZE,
        invalidToken: () => invalidValue('The value for parameter NextToken is invalid.'),
      },
    )
    return {
      Metrics: items.map(([, { namespace, name, dimensions }]) => ({
        Namespace: namespace,
        MetricName: name,
        Dimensions: parsedDimensions(dimensions).map(([Name, Value]) => ({ Name, Value })),
      })),
      ...(nextToken && { NextToken: nextToken }),
    }
  },
}

function isListed(
  { namespace, name, dimensions }: SeriesRow,
  { Namespace, MetricName, Dimensions = [] }: AwsJson<ListMetricsInput>,
): boolean {
  if (Namespace !== undefined && Namespace !== namespace) return false
  if (MetricName !== undefined && MetricName !== name) return false
  const metricDimensions = parsedDimensions(dimensions)
  return Dimensions.every(({ Name, Value }) =>
    metricDimensions.some(([name, value]) => name === Name && (Value === undefined || Value === value)),
  )
}

function parsedDimensions(dimensions: string): MetricKey['dimensions'] {
  return JSON.parse(dimensions) as MetricKey['dimensions']
}
