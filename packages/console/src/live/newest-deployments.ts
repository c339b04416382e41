/** The newest deployments of all services that the caller may see. */
import type { Service, ServiceDeployment } from '@ecs-api/client'
import { useQueries } from '@tanstack/react-query'
import { accountClient } from './client.ts'
import { itemsOf, servicesQuery, useAccounts } from './queries.ts'

/**
 * The newest deployments of a service. A change of the service refetches them; a poll would cost calls to AWS for each
 * service. The key differs from that of `useDeployments`, because its data have another type.
 */
export const newestDeploymentsQuery = (account: string, cluster: string, service: string, limit: number) => ({
  queryKey: [account, 'service', cluster, service, 'newest-deployments', limit],
  queryFn: () => itemsOf(accountClient(account).deployments.page({ cluster, name: service }, { limit })),
})

interface DeploymentOfService {
  account: string
  service: Service
  deployment: ServiceDeployment
  /** Undefined where the service no longer lists the deployed revision. */
  taskDefinition: string | undefined
}

const definitionOf = ({ deployments }: Service, { targetServiceRevision }: ServiceDeployment) =>
  deployments.find(({ id }) => id === `ecs-svc/${targetServiceRevision.arn.split('/').at(-1)}`)?.taskDefinition

const changedAt = ({ deployments }: Service) => deployments[0]?.createdAt ?? ''

/**
 * Reads the lists of services, and then the deployments of only as many services as deployments are returned: the
 * newest ones can be in no other service.
 * @returns newest first
 */
export function useNewestDeployments(count: number): DeploymentOfService[] {
  const accounts = (useAccounts().data ?? []).map(({ name }) => name)
  const lists = useQueries({
    queries: accounts.map((name) => ({ ...servicesQuery(name), refetchInterval: false as const })),
  })
  const services = lists
    .flatMap(({ data = [] }, i) => data.map((service) => ({ account: accounts[i]!, service })))
    .toSorted((a, b) => (changedAt(a.service) < changedAt(b.service) ? 1 : -1))
    .slice(0, count)
  const deployments = useQueries({
    queries: services.map(({ account, service: { cluster, name } }) =>
      newestDeploymentsQuery(account, cluster, name, count),
    ),
  })
  return services
    .flatMap((each, i) =>
      (deployments[i]?.data ?? []).map((deployment) => ({
        ...each,
        deployment,
        taskDefinition: definitionOf(each.service, deployment),
      })),
    )
    .toSorted((a, b) => (a.deployment.createdAt < b.deployment.createdAt ? 1 : -1))
    .slice(0, count)
}
