import type { CapacityProvider, Cluster } from '@aws-sdk/client-ecs'
import type { Wire } from '@ecs-api/ecs-model'

/**
 * A cluster as it is stored: ECS's members without the counts, which are computed from the tasks and services for each
 * response.
 */
export interface ClusterRecord
  extends Omit<
    Wire<Cluster>,
    'runningTasksCount' | 'pendingTasksCount' | 'activeServicesCount' | 'registeredContainerInstancesCount'
  > {
  clusterName: string
  clusterArn: string
  status: string
  /** When the cluster was deleted, in milliseconds since 1970. ECS's responses do not have this member. */
  inactiveSince?: number
}

export interface CapacityProviderRecord extends Wire<CapacityProvider> {
  name: string
  capacityProviderArn: string
}
