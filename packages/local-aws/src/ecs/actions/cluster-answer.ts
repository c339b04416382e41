/** Clusters in the form of ECS's responses. */
import type { Cluster, KeyValuePair } from '@aws-sdk/client-ecs'
import type { AwsJson } from '@ecs-api/ecs-model'
import type { ClusterRecord } from '../records/cluster-record.ts'
import type { ReadView } from '../records/ecs-tables.ts'

/** The parts of a cluster that ECS shows only on request (`include`). */
export const clusterParts = ['ATTACHMENTS', 'CONFIGURATIONS', 'SETTINGS', 'STATISTICS', 'TAGS'] as const
type ClusterPart = (typeof clusterParts)[number]

/** The parts that the response to each kind of write shows, as recorded. A new cluster also shows its attachments. */
export const partsInWriteResponse: Record<'creation' | 'change' | 'deletion', readonly ClusterPart[]> = {
  creation: ['CONFIGURATIONS', 'SETTINGS', 'TAGS'],
  change: ['ATTACHMENTS', 'CONFIGURATIONS', 'SETTINGS'],
  deletion: ['CONFIGURATIONS', 'SETTINGS'],
}

/** A cluster in the form of ECS's responses. */
export function clusterInResponse(
  cluster: ClusterRecord,
  readView: ReadView,
  include: readonly string[],
): AwsJson<Cluster> {
  const { clusterArn, clusterName, status, configuration, serviceConnectDefaults, attachments, attachmentsStatus } =
    cluster
  return {
    clusterArn,
    clusterName,
    status,
    registeredContainerInstancesCount: 0,
    runningTasksCount: readView.tasks.countByIndex('runningIn', clusterArn),
    pendingTasksCount: readView.tasks.countByIndex('pendingIn', clusterArn),
    activeServicesCount: readView.services.countByIndex('activeIn', clusterArn),
    statistics: include.includes('STATISTICS') ? statistics(cluster, readView) : [],
    tags: (include.includes('TAGS') && cluster.tags) || [],
    settings: (include.includes('SETTINGS') && cluster.settings) || [],
    capacityProviders: cluster.capacityProviders ?? [],
    defaultCapacityProviderStrategy: cluster.defaultCapacityProviderStrategy ?? [],
    ...(include.includes('ATTACHMENTS') && {
      attachments: attachments ?? [],
      ...(attachmentsStatus && { attachmentsStatus }),
    }),
    ...(include.includes('CONFIGURATIONS') && configuration && { configuration }),
    ...(serviceConnectDefaults && { serviceConnectDefaults }),
  }
}

/**
 * All counts that ECS shows, in its order. Every task of this engine is on Fargate. A service can have the launch type
 * EC2, but no tasks.
 */
function statistics({ clusterArn }: ClusterRecord, { tasks, services }: ReadView): AwsJson<KeyValuePair>[] {
  const [activeOnEc2, drainingOnEc2] = [
    services.countByIndex('activeOnEc2In', clusterArn),
    services.countByIndex('drainingOnEc2In', clusterArn),
  ]
  const counts = {
    runningEC2TasksCount: 0,
    runningFargateTasksCount: tasks.countByIndex('runningIn', clusterArn),
    pendingEC2TasksCount: 0,
    pendingFargateTasksCount: tasks.countByIndex('pendingIn', clusterArn),
    runningExternalTasksCount: 0,
    pendingExternalTasksCount: 0,
    runningManagedInstancesTasksCount: 0,
    pendingManagedInstancesTasksCount: 0,
    activeEC2ServiceCount: activeOnEc2,
    activeFargateServiceCount: services.countByIndex('activeIn', clusterArn) - activeOnEc2,
    drainingEC2ServiceCount: drainingOnEc2,
    drainingFargateServiceCount: services.countByIndex('drainingIn', clusterArn) - drainingOnEc2,
    activeExternalServiceCount: 0,
    drainingExternalServiceCount: 0,
    activeManagedInstancesServiceCount: 0,
    drainingManagedInstancesServiceCount: 0,
  }
  return Object.entries(counts).map(([name, value]) => ({ name, value: String(value) }))
}
