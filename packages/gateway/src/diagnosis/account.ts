import type { Account } from '../aws/account.ts'
import type { Caller } from '../http/caller.ts'
import { clusterOf } from '../services/get.ts'
import { describeAllServices } from '../services/list.ts'
import type { Diagnosis, NotChecked, Status } from './diagnosis.ts'
import { laterChecks } from './later-checks.ts'
import { diagnoseDescribed } from './service.ts'

interface ServiceDiagnosis extends Pick<Diagnosis, 'status' | 'summary' | 'causes'> {
  cluster: string
  service: string
}

interface AccountDiagnosis {
  status: Status
  summary: string
  services: ServiceDiagnosis[]
  notChecked: NotChecked[]
}

const urgency: Readonly<Record<Status, number>> = { failing: 0, degraded: 1, unknown: 2, progressing: 3, healthy: 4 }

/**
 * Lists the services that are not healthy, by their counts, deployments and events. It costs the calls of a list of all
 * services; the tasks of a service are described by its own diagnosis only.
 */
export async function diagnoseAccount(account: Account, caller: Caller): Promise<AccountDiagnosis> {
  const services = await describeAllServices(account, caller)
  const diagnoses = services
    .filter(({ status }) => status !== 'INACTIVE')
    .map((service) => {
      const { status, summary, causes } = diagnoseDescribed(account, service)
      return { cluster: clusterOf(service), service: service.serviceName ?? '', status, summary, causes }
    })
  const unwell = diagnoses
    .filter(({ status }) => status !== 'healthy')
    .sort(
      (a, b) =>
        urgency[a.status] - urgency[b.status] || (`${a.cluster}/${a.service}` < `${b.cluster}/${b.service}` ? -1 : 1),
    )
  const status = unwell[0]?.status ?? 'healthy'
  const summary =
    unwell.length === 0
      ? `All ${diagnoses.length} services are healthy.`
      : `${unwell.length} of ${diagnoses.length} services are not healthy.`
  const tasks = { check: 'tasks and logs of the services', reason: 'GET …/services/{service}/diagnosis has them' }
  return { status, summary, services: unwell, notChecked: unwell.length === 0 ? [] : [tasks, ...laterChecks] }
}
