import type { CapacityProvider, Cluster } from '@aws-sdk/client-ecs'
import type { AwsJson } from '@ecs-api/ecs-model'

/**
 * A cluster as it is stored: ECS's members without the counts, which are computed from the tasks and services for each
 * response.
 */
export interface ClusterRecord
  extends Omit<
    AwsJson<Cluster>,
    'runningTasksCount' | 'pendingTasksCount' | 'activeServicesCount' | 'registeredContainerInstancesCount'
  > {
  clusterName: string
  clusterArn: string
  status: string
  /** When the cluster was deleted, in milliseconds since 1970. ECS's responses do not have this member. */
  inactiveSince?: number
}

export interface CapacityProviderRecord extends AwsJson<CapacityProvider> {
  name: string
  capacityProviderArn: string
}
