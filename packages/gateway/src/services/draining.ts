/**
 * The services that ECS is deleting. ListServices does not list them (API Reference, DeleteService), so the gateway
 * remembers the names of the services that a description has shown as DRAINING, whatever request it was made for. A
 * service that was deleted elsewhere, and not described since, is missing.
 */
import type { Account } from '../aws/account.ts'
import { clusterOf } from './get.ts'

/** Cluster and name → when the service was last described, on the clock of `performance.now()`. */
type SeenAt = Map<string, number>

const seenOfAccounts = new WeakMap<Account, SeenAt>()
/** The task with the longest `stopTimeout` and deregistration delay has stopped after this time. */
const maxDrainingMs = 3_600_000 * 2
const maxServices = 1_000

/** From now on, remembers the draining services of the account. */
export function trackDrainingServices(account: Account): void {
  const seenAt: SeenAt = new Map()
  seenOfAccounts.set(account, seenAt)
  account.onDescribed(({ services = [] }) => {
    for (const service of services) {
      const key = `${clusterOf(service)}/${service.serviceName}`
      if (service.status !== 'DRAINING') seenAt.delete(key)
      else if (seenAt.size < maxServices || seenAt.has(key)) seenAt.set(key, performance.now())
    }
  })
}

/** The names of the cluster's services that may still be draining. */
export function drainingServiceNames(account: Account, cluster: string): string[] {
  const seenAt = seenOfAccounts.get(account) ?? new Map<string, number>()
  for (const [key, at] of seenAt) if (performance.now() - at > maxDrainingMs) seenAt.delete(key)
  return [...seenAt.keys()].filter((key) => key.startsWith(`${cluster}/`)).map((key) => key.slice(cluster.length + 1))
}
