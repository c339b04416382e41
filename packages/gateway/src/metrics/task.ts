import { shortName } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import type { History } from '../history/history.ts'
import type { UnavailablePart } from '../http/unavailable-parts.ts'
import { NotFound } from '../problems/problem.ts'
import { findArchivedTask } from '../tasks/archive.ts'
import { getTask } from '../tasks/get.ts'
import type { MetricData } from './metric-data.ts'
import { type Metrics, metricsOf, readSeries, utilizationQueries } from './series.ts'
import type { MetricWindow } from './window.ts'

const namespace = 'ECS/ContainerInsights'
/** CloudWatch User Guide, "Amazon ECS Container Insights with enhanced observability metrics". */
const names = { cpu: 'TaskCpuUtilization', memory: 'TaskMemoryUtilization' }

interface TaskMetricsDeps {
  data: MetricData
  history: History
}

/**
 * The utilization of CPU and memory of one task, running or stopped. AWS measures single tasks only in clusters that
 * have Container Insights with enhanced observability.
 * @throws NotFound `ClusterNotFound`, `TaskNotFound`
 * @throws NotOfferedByAws when the endpoint has no CloudWatch
 */
export async function getTaskMetrics(
  account: Account,
  cluster: string,
  ref: string,
  window: MetricWindow,
  { data, history }: TaskMetricsDeps,
): Promise<Metrics> {
  await requireTask(account, cluster, ref, history)
  const knownDimensions = { ClusterName: shortName(cluster), TaskId: shortName(ref) }
  const dimensions = await data.findDimensions(namespace, names.cpu, knownDimensions)
  const unavailable: UnavailablePart[] = []
  if (!dimensions) {
    unavailable.push({
      part: 'cpu, memory',
      reason:
        'CloudWatch has no metrics of this task. AWS measures single tasks only in clusters whose setting ' +
        'containerInsights is enhanced, and a new metric appears there only after some minutes.',
    })
    return metricsOf(window, [], unavailable)
  }
  return metricsOf(
    window,
    await readSeries(data, utilizationQueries(namespace, names, dimensions), window, unavailable),
    unavailable,
  )
}

/** @throws NotFound for a task that neither ECS nor the history knows */
async function requireTask(account: Account, cluster: string, ref: string, history: History): Promise<void> {
  try {
    await getTask(account, cluster, ref)
  } catch (error) {
    const isForgotten = error instanceof NotFound && error.code === 'TaskNotFound'
    if (!isForgotten || !(await findArchivedTask(account, cluster, ref, history))) throw error
  }
}
