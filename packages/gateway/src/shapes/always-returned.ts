/**
 * Members that ECS returns in every response, and members that the gateway adds to every response, by structure and
 * under our names. openapi.json requires them. Not listed: a structure's `name` and `arn` (`ownNames` in rules.ts), and
 * members that ECS's own model requires.
 *
 * Source: recorded responses of Amazon ECS (the engine's tests have them) and the examples of the Amazon ECS API
 * Reference. A member that is absent in one of these is not listed, such as the `image` of a container that ECS adds
 * for Service Connect. always-returned.test.ts checks the engine's responses.
 */
const always: Readonly<Record<string, readonly string[]>> = {
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

export function isAlwaysReturned(structure: string, ourName: string): boolean {
  return always[structure]?.includes(ourName) ?? false
}
