import type { Account } from '../aws/account.ts'
import type { UnavailablePart } from '../http/unavailable-parts.ts'
import { clusterOf, getService } from '../services/get.ts'
import { loadBalancerQueries } from './load-balancer.ts'
import type { MetricData } from './metric-data.ts'
import { type Metrics, metricsOf, readSeries, type SeriesQuery, utilizationQueries } from './series.ts'
import type { MetricWindow } from './window.ts'

/**
 * The metrics of a service: utilization of CPU and memory and the number of running tasks, and for each target group
 * requests, response time and 5xx responses.
 * @throws NotFound `ClusterNotFound`, `ServiceNotFound`
 * @throws NotOfferedByAws when the endpoint has no CloudWatch
 */
export async function getServiceMetrics(
  account: Account,
  cluster: string,
  ref: string,
  window: MetricWindow,
  data: MetricData,
): Promise<Metrics> {
  const service = await getService(account, cluster, ref)
  const dimensions = { ClusterName: clusterOf(service), ServiceName: service.serviceName ?? '' }
  const unavailable: UnavailablePart[] = []
  const names = { cpu: 'CPUUtilization', memory: 'MemoryUtilization' }
  // ECS publishes one sample for each running task in each minute (ECS Developer Guide, "Amazon ECS service RUNNING
  // task count").
  const runningTasks: SeriesQuery = {
    name: 'runningTasks',
    unit: 'count',
    statistic: 'average',
    query: { namespace: 'AWS/ECS', metric: names.memory, dimensions, statistic: 'SampleCount' },
    scale: 60 / window.period,
  }
  const [taskSeries, targetGroupSeries] = await Promise.all([
    readSeries(data, [...utilizationQueries('AWS/ECS', names, dimensions), runningTasks], window, unavailable),
    loadBalancerQueries(data, service, unavailable).then((queries) => readSeries(data, queries, window, unavailable)),
  ])
  return metricsOf(window, [...taskSeries, ...targetGroupSeries], unavailable)
}
