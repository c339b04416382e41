/** A cluster in our shape. */
import type { Cluster } from '@aws-sdk/client-ecs'
import { configVersion } from '../shapes/config-version.ts'
import { type JsonObject, present } from '../shapes/present.ts'

/** What a client can set. */
export const settable = [
  'settings',
  'configuration',
  'capacityProviders',
  'defaultCapacityProviderStrategy',
  'serviceConnectDefaults',
  'tags',
] as const satisfies (keyof Cluster)[]

export type ClusterResource = JsonObject & { name: string; arn: string; status: string; configVersion: string }

export function presentCluster(cluster: Cluster): ClusterResource {
  return {
    name: cluster.clusterName,
    ...present('Cluster', cluster),
    configVersion: configVersion(cluster, settable),
  } as ClusterResource
}
