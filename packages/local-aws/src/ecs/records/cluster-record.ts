import type { CapacityProvider, Cluster } from '@aws-sdk/client-ecs'
import type { Wire } from '@ecs-api/ecs-model'

/** A cluster as it is kept: what ECS answers, but for the counts, which are taken from the tasks and services when asked for. */
export interface ClusterRecord
  extends Omit<
    Wire<Cluster>,
    'runningTasksCount' | 'pendingTasksCount' | 'activeServicesCount' | 'registeredContainerInstancesCount'
  > {
  clusterName: string
  clusterArn: string
  status: string
  /** Milliseconds since 1970. Not part of ECS's answer. */
  inactiveSince?: number
}

export interface CapacityProviderRecord extends Wire<CapacityProvider> {
  name: string
  capacityProviderArn: string
}
