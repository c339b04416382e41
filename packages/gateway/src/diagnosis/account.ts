import type { Account } from '../aws/account.ts'
import type { Caller } from '../http/caller.ts'
import { clusterOf } from '../services/get.ts'
import type { Diagnosis, NotChecked, Status } from './diagnosis.ts'
import type { KnownServices } from './known-services.ts'
import { laterChecks } from './later-checks.ts'
import { diagnoseDescribed } from './service.ts'

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
 * Lists the services that are not healthy, by their counts, deployments and events. It costs at most five calls to AWS:
 * the services that they do not reach are those that were described before, or are named under `notChecked`. The tasks
 * of a service are described by its own diagnosis only.
 */
export async function diagnoseAccount(
  account: Account,
  { mayUseCluster }: Pick<Caller, 'mayUseCluster'>,
  known: KnownServices,
): Promise<AccountDiagnosis> {
  const { described, missing, unlisted } = await known.look(mayUseCluster)
  const diagnoses = described
    // As in ECS's list of services: one that is being deleted needs nothing.
    .filter(({ service }) => !/^(INACTIVE|DRAINING)$/.test(service.status ?? ''))
    .map(({ service, at }) => {
      const { status, summary, causes } = diagnoseDescribed(account, service)
      const describedAt = new Date(performance.timeOrigin + at).toISOString()
      return { cluster: clusterOf(service), service: service.serviceName ?? '', describedAt, status, summary, causes }
    })
  const unwell = diagnoses
    .filter(({ status }) => status !== 'healthy')
    .sort(
      (a, b) =>
        urgency[a.status] - urgency[b.status] || (`${a.cluster}/${a.service}` < `${b.cluster}/${b.service}` ? -1 : 1),
    )
  const rest = restOf(missing, unlisted)
  const summary = `${unwell.length} of ${diagnoses.length} services need attention.`
  return {
    status: unwell[0]?.status ?? (rest.length > 0 ? 'unknown' : 'healthy'),
    summary,
    services: unwell,
    notChecked: [...rest, ...(unwell.length === 0 ? [] : [tasks, ...laterChecks(account)])],
  }
}

const tasks: NotChecked = {
  check: 'tasks and logs of the services',
  reason: 'GET …/services/{service}/diagnosis has them',
}

function restOf(missing: number, unlisted: number): NotChecked[] {
  const reason = 'a request makes at most five calls to AWS; the next one goes on'
  return [
    ...(missing > 0 ? [{ check: `${missing} more services`, reason }] : []),
    ...(unlisted > 0 ? [{ check: `the services of ${unlisted} more clusters`, reason }] : []),
  ]
}
