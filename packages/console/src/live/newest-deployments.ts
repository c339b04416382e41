/** The newest deployments of all services that the caller may see. */
import type { Release, Service, ServiceDeployment } from '@ecs-api/client'
import { useQueries } from '@tanstack/react-query'
import { accountClient } from './client.ts'
import { itemsOf, servicesQuery, useAccounts } from './queries.ts'

/**
 * The newest deployments of a service. A change of the service refetches them; a poll would cost calls to AWS for each
 * service. The key differs from that of `useDeployments`, because its data have another type.
 */
const newestDeploymentsQuery = (account: string, cluster: string, service: string, limit: number) => ({
  queryKey: [account, 'service', cluster, service, 'newest-deployments', limit],
  queryFn: () => itemsOf(accountClient(account).deployments.page({ cluster, name: service }, { limit })),
})

/** The deployment in progress of a service. No change of the service tells that it begins to wait at a hook. */
export const currentDeploymentQuery = (account: string, cluster: string, service: string) => ({
  ...newestDeploymentsQuery(account, cluster, service, 1),
  refetchInterval: 60_000,
})

interface DeploymentOfService {
  account: string
  service: Service
  deployment: ServiceDeployment
  /** The release that it deployed; undefined until it is known. */
  release: Release | undefined
}

export const newestReleasesQuery = (account: string, cluster: string, service: string, limit: number) => ({
  queryKey: [account, 'service', cluster, service, 'newest-releases', limit],
  queryFn: () => itemsOf(accountClient(account).releases.page({ cluster, name: service }, { limit })),
})

const changedAt = ({ deployments }: Service) => deployments[0]?.createdAt ?? ''

/**
 * Reads the lists of services, and then the deployments and releases of only as many services as deployments are
 * returned: the newest ones can be in no other service.
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
  const newest = services
    .flatMap((each, i) => (deployments[i]?.data ?? []).map((deployment) => ({ ...each, deployment })))
    .toSorted((a, b) => (a.deployment.createdAt < b.deployment.createdAt ? 1 : -1))
    .slice(0, count)
  const shownServices = [...new Map(newest.map((each) => [each.service.arn, each])).values()]
  const releases = useQueries({
    queries: shownServices.map(({ account, service: { cluster, name } }) =>
      newestReleasesQuery(account, cluster, name, count),
    ),
  }).flatMap(({ data = [] }) => data)
  return newest.map((each) => ({
    ...each,
    release: releases.find(({ arn }) => arn === each.deployment.targetServiceRevision.arn),
  }))
}
