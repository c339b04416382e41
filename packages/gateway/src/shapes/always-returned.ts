/**
 * Members that every response has, by structure and under the API's names: ECS returns them, or the gateway adds them.
 * openapi.json requires them. Not listed are a structure's `name` and `arn` (`shortenedNames` in rules.ts), and members
 * that ECS's own model requires.
 *
 * Source: recorded responses of Amazon ECS (the engine's tests have them) and the examples of the Amazon ECS API
 * Reference. A member that one of these lacks is not listed: for example, a container that ECS adds for Service Connect
 * has no `image`. always-returned.test.ts checks the engine's responses.
 */
const alwaysReturned: Readonly<Record<string, readonly string[]>> = {
  Cluster: [
    'status',
    'registeredContainerInstancesCount',
    'runningTasksCount',
    'pendingTasksCount',
    'activeServicesCount',
    'statistics',
    'tags',
    'settings',
    'capacityProviders',
    'defaultCapacityProviderStrategy',
    'configVersion',
  ],
  Service: [
    'cluster',
    'loadBalancers',
    'serviceRegistries',
    'status',
    'desiredCount',
    'runningCount',
    'pendingCount',
    'taskDefinition',
    'deploymentConfiguration',
    'deployments',
    'createdAt',
    'placementConstraints',
    'placementStrategy',
    'schedulingStrategy',
    'tags',
    'enableECSManagedTags',
    'enableExecuteCommand',
    'configVersion',
  ],
  Deployment: [
    'id',
    'status',
    'taskDefinition',
    'desiredCount',
    'pendingCount',
    'runningCount',
    'createdAt',
    'updatedAt',
  ],
  ServiceEvent: ['id', 'createdAt', 'message'],
  ServiceCurrentRevisionSummary: ['arn', 'requestedTaskCount', 'runningTaskCount', 'pendingTaskCount'],
  Task: [
    'id',
    'attachments',
    'cluster',
    'containers',
    'createdAt',
    'desiredStatus',
    'group',
    'lastStatus',
    'overrides',
    'tags',
    'taskDefinition',
    'version',
    'runtime',
    'ports',
  ],
  Container: ['task', 'name', 'lastStatus'],
  Attachment: ['id', 'type', 'status', 'details'],
  NetworkInterface: ['attachmentId'],
  ManagedAgent: ['name', 'lastStatus'],
  TaskOverride: ['containerOverrides'],
  ContainerOverride: ['name'],
  TaskDefinition: [
    'name',
    'containerDefinitions',
    'family',
    'revision',
    'volumes',
    'status',
    'placementConstraints',
    'compatibilities',
    'tags',
  ],
  ContainerDefinition: [
    'name',
    'image',
    'cpu',
    'essential',
    'portMappings',
    'environment',
    'mountPoints',
    'volumesFrom',
  ],
  ServiceDeployment: [
    'id',
    'service',
    'cluster',
    'createdAt',
    'targetServiceRevision',
    'status',
    'progress',
    'taskFailures',
  ],
  ServiceRevisionSummary: ['arn', 'requestedTaskCount', 'runningTaskCount', 'pendingTaskCount'],
}

export function isAlwaysReturned(structure: string, apiName: string): boolean {
  return alwaysReturned[structure]?.includes(apiName) ?? false
}
