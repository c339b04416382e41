/**
 * The names of an account's services that ECS is deleting. ListServices does not list them (API Reference,
 * DeleteService), so they are remembered from descriptions that show a service as DRAINING, whatever request it was
 * made for. A service that was deleted elsewhere, and not described since, is missing.
 */
import type { Service } from '@aws-sdk/client-ecs'
import { shortName } from '@ecs-api/ecs-model'
import { LRUCache } from 'lru-cache'
import { maxEntries } from '../../lru-cache/max-entries.ts'

/** The deregistration of a target takes up to an hour (Elastic Load Balancing), and then the task must stop. */
const maxDrainingMs = 2 * 3_600_000

export class DrainingServices {
  /** `cluster/name` of each service that was last described as DRAINING. */
  readonly #names = new LRUCache<string, true>({ ...maxEntries(1000), ttl: maxDrainingMs })

  observe(services: readonly Service[]): void {
    for (const { clusterArn = '', serviceName, status } of services) {
      const key = `${shortName(clusterArn)}/${serviceName}`
      if (status === 'DRAINING') this.#names.set(key, true)
      else this.#names.delete(key)
    }
  }

  /** The names of the cluster's services that may still be draining. */
  namesIn(cluster: string): string[] {
    return [...this.#names.keys()]
      .filter((key) => key.startsWith(`${cluster}/`))
      .map((key) => key.slice(cluster.length + 1))
  }
}
