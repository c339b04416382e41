import type { Cluster, KeyValuePair } from '@aws-sdk/client-ecs'
import type { Wire } from '@ecs-api/ecs-model'
import type { ClusterRecord } from './cluster-record.ts'
import type { Seen } from './world.ts'

/** What of a cluster ECS shows only when asked (`include`). The answers of writes show tags and settings, Describe without `include` neither. */
export type ClusterPart = 'ATTACHMENTS' | 'CONFIGURATIONS' | 'SETTINGS' | 'STATISTICS' | 'TAGS'

export const partsOfWrites: readonly ClusterPart[] = ['CONFIGURATIONS', 'SETTINGS', 'TAGS']

/** A cluster as ECS answers it. */
export function clusterAnswer(cluster: ClusterRecord, seen: Seen, include: readonly string[]): Wire<Cluster> {
  const { clusterArn, clusterName, status, configuration, serviceConnectDefaults } = cluster
  return {
    clusterArn,
    clusterName,
    status,
    registeredContainerInstancesCount: 0,
    runningTasksCount: seen.tasks.count('runningIn', clusterArn),
    pendingTasksCount: seen.tasks.count('pendingIn', clusterArn),
    activeServicesCount: seen.services.count('activeIn', clusterArn),
    statistics: include.includes('STATISTICS') ? statistics(cluster, seen) : [],
    tags: (include.includes('TAGS') && cluster.tags) || [],
    settings: (include.includes('SETTINGS') && cluster.settings) || [],
    capacityProviders: cluster.capacityProviders ?? [],
    defaultCapacityProviderStrategy: cluster.defaultCapacityProviderStrategy ?? [],
    ...(include.includes('ATTACHMENTS') && { attachments: [] }),
    ...(include.includes('CONFIGURATIONS') && configuration && { configuration }),
    ...(serviceConnectDefaults && { serviceConnectDefaults }),
  }
}

/** API Reference, Cluster: the counts by launch type. Here everything is Fargate's. */
function statistics({ clusterArn }: ClusterRecord, { tasks, services }: Seen): Wire<KeyValuePair>[] {
  const fargate = {
    runningFargateTasksCount: tasks.count('runningIn', clusterArn),
    pendingFargateTasksCount: tasks.count('pendingIn', clusterArn),
    activeFargateServiceCount: services.count('activeIn', clusterArn),
    drainingFargateServiceCount: services.count('drainingIn', clusterArn),
  }
  const none = ['runningEC2TasksCount', 'pendingEC2TasksCount', 'activeEC2ServiceCount', 'drainingEC2ServiceCount']
  return [...none.map((name) => ({ name, value: '0' })), ...Object.entries(fargate).map(([name, value]) => ({ name, value: String(value) }))]
}
