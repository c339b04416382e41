/** The schemas of the metric routes. */
import { timeOrDuration } from '../http/request/query.ts'
import { unavailableSchema } from '../http/unavailable-parts.ts'
import { Type } from '../typebox/type.ts'

const series = Type.Object(
  {
    name: Type.Enum(['cpu', 'memory', 'runningTasks', 'requests', 'responseTime', 'http5xx'], { $id: 'MetricName' }),
    unit: Type.Enum(['percent', 'count', 'seconds'], {
      $id: 'MetricUnit',
      description: '`percent` is relative to the CPU and memory of the task definition.',
    }),
    statistic: Type.Enum(['average', 'maximum', 'sum'], {
      $id: 'MetricStatistic',
      description:
        'How the values of one period are joined. For a service, the average and maximum are also taken over all its ' +
        'tasks.',
    }),
    targetGroup: Type.Optional(
      Type.String({ description: 'ARN of the target group, for the metrics of a load balancer.' }),
    ),
    points: Type.Array(
      Type.Array(Type.Union([Type.String({ format: 'date-time' }), Type.Number()]), { minItems: 2, maxItems: 2 }),
      {
        description: 'The start of each period and the value, in order of time. A period without a value has no point.',
        examples: [[['2026-11-29T09:59:00.000Z', 12.5]]],
      },
    ),
  },
  { $id: 'MetricSeries' },
)

export const metricsSchema = Type.Object(
  {
    period: Type.Integer({ description: 'Seconds.' }),
    since: Type.String({ format: 'date-time' }),
    until: Type.String({ format: 'date-time', description: 'The end of the last whole period.' }),
    series: Type.Array(series),
    unavailable: Type.Optional(unavailableSchema),
  },
  { $id: 'Metrics' },
)

export const metricQuery = {
  since: Type.String({
    $id: 'MetricsSince',
    format: timeOrDuration,
    default: '3h',
    description:
      'The start: ISO 8601, or a duration back from now, such as `90m`, `3h`, `7d`. CloudWatch keeps metrics for 455 days.',
    examples: ['3h'],
  }),
  period: Type.Optional(
    Type.Integer({
      $id: 'MetricsPeriod',
      minimum: 60,
      maximum: 86_400,
      description:
        'Seconds from one point to the next, a multiple of 60. The default is the shortest period that ' +
        'gives at most 1,440 points. It is at least 300 beyond 15 days, and 3600 beyond 63 days.',
      examples: [60],
    }),
  ),
}
