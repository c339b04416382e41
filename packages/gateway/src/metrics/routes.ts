/** The routes of metrics. */
import type { Account } from '../aws/account.ts'
import type { Cache } from '../cache/cache.ts'
import type { History } from '../history/history.ts'
import type { Freshness } from '../http/request/freshness.ts'
import type { Api, RouteSchema } from '../http/route.ts'
import { serviceParams } from '../services/routes.ts'
import { taskParams } from '../tasks/routes.ts'
import type { AccountMetrics } from './account-metrics.ts'
import { metricQuery, metricsSchema } from './schema.ts'
import type { Metrics } from './series.ts'
import { getServiceMetrics } from './service.ts'
import { getTaskMetrics } from './task.ts'
import { type MetricWindow, metricWindow, type WindowQuery } from './window.ts'

const billingText =
  'CloudWatch bills each metric of a request. The gateway therefore caches a response for one `period`, but at most ' +
  '5 minutes. ' +
  'A period without a value has no point.'
const common = { tag: 'Metrics', query: metricQuery, answers: { 200: metricsSchema } }

const ofService = {
  summary: 'Get the metrics of a service',
  operationId: 'getServiceMetrics',
  description: `Utilization of CPU and memory, running tasks, and requests, response time and 5xx of its target groups. ${billingText}`,
  ...common,
  params: serviceParams,
  problems: ['ClusterNotFound', 'ServiceNotFound'],
} satisfies RouteSchema

const ofTask = {
  summary: 'Get the metrics of a task',
  operationId: 'getTaskMetrics',
  description:
    'Utilization of CPU and memory, where the cluster has Container Insights with enhanced observability, and on the ' +
    `engine always. ${billingText}`,
  ...common,
  params: taskParams,
  problems: ['ClusterNotFound', 'TaskNotFound', 'StoreUnavailable'],
} satisfies RouteSchema

export interface MetricRouteDeps {
  cache: Cache
  history: History
  accountMetrics: AccountMetrics
}

/** The longest time that a response is cached, also for a longer period. */
const maxFreshSeconds = 300

export function metricRoutes(api: Api<Account>, { cache, history, accountMetrics }: MetricRouteDeps): void {
  const path = '/:account/clusters/:cluster'
  api.get(`${path}/services/:service/metrics`, { schema: ofService }, (call) => {
    const { cluster, service } = call.params
    return respond(call, `${cluster}/services/${service}`, (window) =>
      getServiceMetrics(call.account, cluster, service, window, accountMetrics.forAccount(call.account)),
    )
  })
  api.get(`${path}/tasks/:task/metrics`, { schema: ofTask }, (call) => {
    const { cluster, task } = call.params
    const deps = { data: accountMetrics.forAccount(call.account), history }
    return respond(call, `${cluster}/tasks/${task}`, (window) =>
      getTaskMetrics(call.account, cluster, task, window, deps),
    )
  })

  /** @param subject path of the service or task, which is unique in the account */
  function respond(
    { account, query, freshness }: MetricCall,
    subject: string,
    read: (window: MetricWindow) => Promise<Metrics>,
  ) {
    const { period } = metricWindow(query, Date.now())
    const compositeQuery = {
      // Writes do not invalidate the cached response, because they do not change past measurements.
      topics: [],
      action: 'GetMetricData',
      key: `metrics of ${subject} since ${query.since} by ${period}`,
      freshMs: Math.min(period, maxFreshSeconds) * 1000,
    }
    return cache
      .compositeEntry(account, compositeQuery, () => read(metricWindow({ ...query, period }, Date.now())))
      .read(freshness)
  }
}

interface MetricCall {
  account: Account
  query: WindowQuery
  freshness: Freshness
}
