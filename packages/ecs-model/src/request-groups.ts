/**
 * AWS's limits of requests: actions of one group share a token bucket per account and Region, and each request takes a
 * token. The sources are the ECS API Reference, "Request throttling", and for other services the pages named below.
 * These are the defaults; AWS raises most of them on request.
 */

export interface BucketSize {
  /** The number of tokens in a full bucket: the maximum number of requests at once. */
  burst: number
  /** Tokens per second. */
  refill: number
}

interface Group extends BucketSize {
  actions: readonly string[]
}

export const requestGroups = {
  clusterModify: {
    burst: 20,
    refill: 1,
    actions: [
      'CreateCluster',
      'DeleteCluster',
      'UpdateCluster',
      'UpdateClusterSettings',
      'PutClusterCapacityProviders',
    ],
  },
  clusterRead: { burst: 50, refill: 20, actions: ['DescribeClusters', 'ListClusters'] },
  taskDefinitionModify: { burst: 20, refill: 1, actions: ['RegisterTaskDefinition', 'DeregisterTaskDefinition'] },
  taskDefinitionRead: {
    burst: 50,
    refill: 20,
    actions: ['DescribeTaskDefinition', 'ListTaskDefinitions', 'ListTaskDefinitionFamilies'],
  },
  taskDefinitionDelete: { burst: 5, refill: 1, actions: ['DeleteTaskDefinitions'] },
  capacityProviderModify: {
    burst: 10,
    refill: 1,
    actions: ['CreateCapacityProvider', 'DeleteCapacityProvider', 'UpdateCapacityProvider'],
  },
  capacityProviderRead: { burst: 50, refill: 20, actions: ['DescribeCapacityProviders'] },
  tagModify: { burst: 20, refill: 10, actions: ['TagResource', 'UntagResource'] },
  tagRead: { burst: 50, refill: 20, actions: ['ListTagsForResource'] },
  settingModify: {
    burst: 10,
    refill: 1,
    actions: ['PutAccountSetting', 'DeleteAccountSetting', 'PutAccountSettingDefault'],
  },
  settingRead: { burst: 50, refill: 20, actions: ['ListAccountSettings'] },
  clusterResourceModify: {
    burst: 100,
    refill: 40,
    actions: ['StopTask', 'ExecuteCommand', 'PutAttributes', 'DeleteAttributes'],
  },
  // AWS's table has RunTask in the group of clusterResourceModify. On Fargate the lower rate applies (Amazon ECS
  // service quotas, "Rate limits").
  runTask: { burst: 100, refill: 20, actions: ['RunTask'] },
  clusterResourceRead: { burst: 100, refill: 20, actions: ['DescribeTasks', 'ListTasks', 'ListAttributes'] },
  serviceModify: { burst: 50, refill: 5, actions: ['CreateService', 'UpdateService', 'DeleteService'] },
  serviceRead: { burst: 100, refill: 20, actions: ['DescribeServices', 'ListServices'] },
  serviceDeployment: { burst: 50, refill: 20, actions: ['DescribeServiceDeployments', 'ListServiceDeployments'] },
  // Not in AWS's table.
  serviceDeploymentModify: { burst: 10, refill: 1, actions: ['StopServiceDeployment', 'ContinueServiceDeployment'] },
  serviceRevision: { burst: 50, refill: 20, actions: ['DescribeServiceRevisions'] },
  taskProtection: { burst: 200, refill: 80, actions: ['GetTaskProtection', 'UpdateTaskProtection'] },
  // Not an action of ECS, but of the Resource Groups Tagging API (Tagging AWS Resources, "Service quotas").
  taggedResources: { burst: 15, refill: 15, actions: ['GetResources'] },
  // CloudWatch Logs ("CloudWatch Logs quotas"). AWS does not raise the rate of FilterLogEvents.
  logEventsRead: { burst: 5, refill: 5, actions: ['FilterLogEvents'] },
  logStreamsRead: { burst: 25, refill: 25, actions: ['DescribeLogStreams'] },
  logGroupsRead: { burst: 10, refill: 10, actions: ['DescribeLogGroups'] },
  // CloudWatch ("CloudWatch service quotas").
  metricDataRead: { burst: 50, refill: 50, actions: ['GetMetricData'] },
  metricsListRead: { burst: 25, refill: 25, actions: ['ListMetrics'] },
  serviceByNamespace: { burst: 10, refill: 1, actions: ['ListServicesByNamespace'] },
} as const satisfies Record<string, Group>

export type RequestGroup = keyof typeof requestGroups

const groupByAction = new Map(
  Object.entries(requestGroups).flatMap(([name, { actions }]) =>
    actions.map((action): [string, RequestGroup] => [action, name as RequestGroup]),
  ),
)

/** The group of an action. Undefined for an action that is not in the table. */
export function requestGroupOf(action: string): RequestGroup | undefined {
  return groupByAction.get(action)
}
