/** The metrics of the target groups that a service is attached to. */
import type { Service } from '@aws-sdk/client-ecs'
import { readUnlessUnsupported, type UnavailablePart } from '../http/unavailable-parts.ts'
import type { MetricData } from './metric-data.ts'
import { type SeriesQuery, targetGroupName } from './series.ts'

const namespace = 'AWS/ApplicationELB'
/** Source: Elastic Load Balancing, "CloudWatch metrics for your Application Load Balancer". */
const metrics = [
  { name: 'requests', unit: 'count', metric: 'RequestCount', statistic: 'sum' },
  { name: 'responseTime', unit: 'seconds', metric: 'TargetResponseTime', statistic: 'average' },
  { name: 'http5xx', unit: 'count', metric: 'HTTPCode_Target_5XX_Count', statistic: 'sum' },
] as const

/**
 * The queries of each target group. Metrics of an Application Load Balancer also need the dimension LoadBalancer, which
 * ListMetrics finds. Target groups of a Network Load Balancer have no such metrics.
 */
export async function loadBalancerQueries(
  data: MetricData,
  { loadBalancers = [] }: Service,
  unavailable: UnavailablePart[],
): Promise<SeriesQuery[]> {
  const targetGroups = new Set(
    loadBalancers.flatMap(({ targetGroupArn, advancedConfiguration }) =>
      [targetGroupArn, advancedConfiguration?.alternateTargetGroupArn].filter((arn) => arn !== undefined),
    ),
  )
  const found = await Promise.all([...targetGroups].map((arn) => targetGroupQueries(data, arn, unavailable)))
  return found.flat()
}

async function targetGroupQueries(
  data: MetricData,
  arn: string,
  unavailable: UnavailablePart[],
): Promise<SeriesQuery[]> {
  const name = targetGroupName(arn)
  const dimensions = await readUnlessUnsupported(`the metrics of ${name}`, unavailable, () =>
    data.findDimensions(namespace, 'RequestCount', { TargetGroup: name }),
  )
  if (!dimensions) return []
  return metrics.map(({ metric, statistic, ...series }) => ({
    ...series,
    statistic,
    targetGroup: arn,
    query: { namespace, metric, dimensions, statistic: statistic === 'sum' ? 'Sum' : 'Average' },
  }))
}
