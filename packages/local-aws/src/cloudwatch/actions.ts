/** All actions of Amazon CloudWatch. */
import type { JsonActions } from '../protocol/json-actions.ts'
import { getMetricDataActions } from './get-metric-data.ts'
import { listMetricsActions } from './list-metrics.ts'
import type { MetricContext } from './metric-context.ts'
import { putMetricDataActions } from './put-metric-data.ts'

export { inputs } from './inputs.generated.ts'

export const actions: JsonActions<MetricContext> = {
  ...getMetricDataActions,
  ...listMetricsActions,
  ...putMetricDataActions,
}
