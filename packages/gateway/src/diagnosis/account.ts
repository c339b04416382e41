import type { Account } from '../aws/account.ts'
import type { Caller } from '../http/caller.ts'
import { clusterOf } from '../services/get.ts'
import type { Diagnosis, NotChecked, Status } from './diagnosis.ts'
import type { KnownServices } from './known-services.ts'
import { diagnoseWithoutCalls } from './service.ts'
import { unsupportedChecks } from './unsupported-checks.ts'

interface ServiceDiagnosis extends Pick<Diagnosis, 'status' | 'summary' | 'causes'> {
  cluster: string
  service: string
  /** ISO 8601. */
  describedAt: string
}

interface AccountDiagnosis {
  status: Status
  summary: string
  services: ServiceDiagnosis[]
  notChecked: NotChecked[]
}

const urgency: Readonly<Record<Status, number>> = { failing: 0, degraded: 1, unknown: 2, progressing: 3, healthy: 4 }

/**
 * Lists the services that are not healthy, by their counts, deployments and events, with at most five calls to AWS.
 * Services that these calls do not reach are judged by an earlier description, or counted under `notChecked`. Tasks are
 * described only for the diagnosis of a single service.
 */
export async function diagnoseAccount(
  account: Account,
  { mayUseCluster }: Pick<Caller, 'mayUseCluster'>,
  knownServices: KnownServices,
): Promise<AccountDiagnosis> {
  const { described, undescribedCount, unlistedClusterCount } = await knownServices.refresh(mayUseCluster)
  const diagnoses = described
    // A service that is being deleted needs no attention.
    .filter(({ service }) => !/^(INACTIVE|DRAINING)$/.test(service.status ?? ''))
    .map(({ service, describedAt }) => {
      const { status, summary, causes } = diagnoseWithoutCalls(account, service)
      const names = { cluster: clusterOf(service), service: service.serviceName ?? '' }
      const time = new Date(performance.timeOrigin + describedAt).toISOString()
      return { ...names, describedAt: time, status, summary, causes }
    })
  const unhealthy = diagnoses
    .filter(({ status }) => status !== 'healthy')
    .sort(
      (a, b) =>
        urgency[a.status] - urgency[b.status] || (`${a.cluster}/${a.service}` < `${b.cluster}/${b.service}` ? -1 : 1),
    )
  const unreached = unreachedServices(undescribedCount, unlistedClusterCount)
  const summary = diagnoses.length === 0 && unreached.length > 0 ? 'No service was checked.' : summaryOf(diagnoses)
  return {
    status: unhealthy[0]?.status ?? (unreached.length > 0 ? 'unknown' : 'healthy'),
    summary,
    services: unhealthy,
    notChecked: [...unreached, ...(unhealthy.length === 0 ? [] : [tasksNotChecked, ...unsupportedChecks(account)])],
  }
}

/** Returns the summary. A service in a deployment without a failure is not healthy yet, but needs no attention. */
function summaryOf(diagnoses: readonly Pick<ServiceDiagnosis, 'cluster' | 'service' | 'status'>[]): string {
  const count = diagnoses.length
  const unhealthy = diagnoses.filter(({ status }) => status !== 'healthy')
  const [first] = diagnoses
  if (!first) return 'There are no services.'
  const changingCount = unhealthy.filter(({ status }) => status === 'progressing').length
  const unhealthyCount = unhealthy.length - changingCount
  if (unhealthyCount === 0 && changingCount > 0)
    return count === 1
      ? `${first.cluster}/${first.service} is changing.`
      : `${changingCount} of ${count} services ${changingCount === 1 ? 'is' : 'are'} changing, and none needs attention.`
  if (count === 1) return `${first.cluster}/${first.service} needs ${unhealthyCount === 1 ? '' : 'no '}attention.`
  if (unhealthyCount === 0) return `None of ${count} services needs attention.`
  return `${unhealthyCount} of ${count} services ${unhealthyCount === 1 ? 'needs' : 'need'} attention.`
}

const tasksNotChecked: NotChecked = {
  check: 'tasks and logs of the services',
  reason: 'GET …/services/{service}/diagnosis has them',
}

function unreachedServices(undescribedCount: number, unlistedClusterCount: number): NotChecked[] {
  const reason = 'a request makes at most five calls to AWS; repeat it to check more'
  return [
    ...(undescribedCount > 0 ? [{ check: `${undescribedCount} more services`, reason }] : []),
    ...(unlistedClusterCount > 0 ? [{ check: `the services of ${unlistedClusterCount} more clusters`, reason }] : []),
  ]
}
