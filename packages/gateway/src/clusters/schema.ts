/** The API shape of a cluster. */
import type { Cluster } from '@aws-sdk/client-ecs'
import { configVersionOf } from '../shapes/config-version.ts'
import { type JsonObject, toApiShape } from '../shapes/to-api-shape.ts'
import { Type } from '../typebox/type.ts'

/** Parameters of every path that names a cluster. */
export const clusterParams = {
  cluster: Type.String({ $id: 'ClusterRef', description: 'Name or ARN of the cluster.', examples: ['prod'] }),
}

/** The fields that a client can set. `configVersion` is a hash of them, which clients may send as `If-Match`. */
export const settableClusterFields = [
  'settings',
  'configuration',
  'capacityProviders',
  'defaultCapacityProviderStrategy',
  'serviceConnectDefaults',
  'tags',
] as const satisfies (keyof Cluster)[]

export type ClusterResource = JsonObject & { name: string; arn: string; status: string; configVersion: string }

/** Converts ECS's cluster to the API's. `name` is set first so that it is the first member of the JSON. */
export function toClusterResource(cluster: Cluster): ClusterResource {
  return {
    name: cluster.clusterName,
    ...toApiShape('Cluster', cluster),
    configVersion: configVersionOf(cluster, settableClusterFields),
  } as ClusterResource
}
