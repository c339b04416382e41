/** The deployments that requests of the audit log have caused. */
import type { AuditEntry, ServiceDeployment } from '@ecs-api/client'
import { deployedService } from '@ecs-api/client/audit-words'
import { useQueries } from '@tanstack/react-query'
import { newestDeploymentsQuery } from './newest-deployments.ts'
import { servicesQuery, useAccounts } from './queries.ts'

/** The newest entries' services whose deployments are read, at most: each costs calls to AWS. */
const maxDeploymentLists = 5

/** How far the clocks may differ: an entry has the gateway's time, a deployment has the time of ECS. */
const maxClockDifferenceMs = 5000

/** The time between the deployment's beginning and the request; 0 for a deployment that began during the request. */
function distanceMs({ at, finishedAt }: AuditEntry, { createdAt }: ServiceDeployment): number {
  const began = Date.parse(createdAt)
  return Math.max(0, Date.parse(at) - began, began - Date.parse(finishedAt ?? at))
}

/**
 * The deployment that the request of an entry has caused: the one to whose beginning no other request of the service
 * was closer.
 * @param entries the deploying entries of the service
 */
function deploymentOfEntry(
  entry: AuditEntry,
  entries: readonly AuditEntry[],
  deployments: readonly ServiceDeployment[],
): ServiceDeployment | undefined {
  return deployments.find((deployment) => {
    const distance = distanceMs(entry, deployment)
    return distance < maxClockDifferenceMs && entries.every((other) => distance <= distanceMs(other, deployment))
  })
}

interface DeploymentsOfEntries {
  /** Undefined where it is not known. */
  deploymentOf: (entry: AuditEntry) => ServiceDeployment | undefined
  /** Whether the service that the entry has deployed no longer exists. Its deployments cannot be read. */
  isServiceDeleted: (entry: AuditEntry) => boolean
}

/**
 * Reads the newest deployments of the services that the entries have changed.
 * @param entries newest first
 */
export function useDeploymentsOfEntries(entries: readonly AuditEntry[]): DeploymentsOfEntries {
  const keys = new Map(
    entries.map((entry) => {
      const service = deployedService(entry)
      return [entry.id, service && `${service.account}/${service.cluster}/${service.name}`]
    }),
  )
  const accounts = new Set([...keys.values()].map((key) => key?.split('/')[0]))
  const names = (useAccounts().data ?? []).map(({ name }) => name).filter((name) => accounts.has(name))
  // A change of a service refetches the list and its deployments. Polls would cost calls for each service.
  const services = useQueries({
    queries: names.map((name) => ({ ...servicesQuery(name), refetchInterval: false as const })),
  })
  const existingServices = new Set(
    services.flatMap(({ data = [] }, i) => data.map(({ cluster, name }) => `${names[i]}/${cluster}/${name}`)),
  )
  const deployed = [...new Set(keys.values())]
    .filter((key) => key !== undefined && existingServices.has(key))
    .slice(0, maxDeploymentLists) as string[]
  const deployments = useQueries({
    queries: deployed.map((key) => {
      const [account = '', cluster = '', name = ''] = key.split('/')
      return newestDeploymentsQuery(account, cluster, name, 50)
    }),
  })
  const isListed = (account: string | undefined) => services[names.indexOf(account ?? '')]?.data !== undefined
  return {
    deploymentOf: (entry) => {
      const key = keys.get(entry.id)
      const data = key === undefined ? undefined : deployments[deployed.indexOf(key)]?.data
      return (
        data &&
        deploymentOfEntry(
          entry,
          entries.filter(({ id }) => keys.get(id) === key),
          data,
        )
      )
    },
    isServiceDeleted: (entry) => {
      const key = keys.get(entry.id)
      return key !== undefined && isListed(key.split('/')[0]) && !existingServices.has(key)
    },
  }
}
