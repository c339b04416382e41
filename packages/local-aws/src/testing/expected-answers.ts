/** The members of ECS's responses about new resources that are the same in every test, as recorded from ECS. */

/** The cluster `prod` without tags, settings and capacity providers. */
export const expectedCluster = {
  clusterArn: 'arn:aws:ecs:us-east-1:111122223333:cluster/prod',
  clusterName: 'prod',
  status: 'ACTIVE',
  registeredContainerInstancesCount: 0,
  runningTasksCount: 0,
  pendingTasksCount: 0,
  activeServicesCount: 0,
  statistics: [],
  capacityProviders: [],
  defaultCapacityProviderStrategy: [],
}

/** The service `web` on Fargate with a desired count of 0. */
export const expectedService = {
  serviceName: 'web',
  loadBalancers: [],
  serviceRegistries: [],
  status: 'ACTIVE',
  desiredCount: 0,
  runningCount: 0,
  pendingCount: 0,
  launchType: 'FARGATE',
  platformVersion: 'LATEST',
  platformFamily: 'Linux',
  deploymentConfiguration: {
    maximumPercent: 200,
    minimumHealthyPercent: 100,
    strategy: 'ROLLING',
    bakeTimeInMinutes: 0,
    deploymentCircuitBreaker: {
      enable: false,
      rollback: false,
      resetOnHealthyTask: true,
      thresholdConfiguration: { type: 'BOUNDED_PERCENT', value: 50 },
    },
  },
  roleArn: 'arn:aws:iam::111122223333:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS',
  placementConstraints: [],
  placementStrategy: [],
  healthCheckGracePeriodSeconds: 0,
  schedulingStrategy: 'REPLICA',
  deploymentController: { type: 'ECS' },
  createdBy: 'arn:aws:iam::111122223333:root',
  enableECSManagedTags: false,
  propagateTags: 'NONE',
  enableExecuteCommand: false,
  availabilityZoneRebalancing: 'ENABLED',
  resourceManagementType: 'CUSTOMER',
}

/** A task of the definition `job:1` on Fargate, as RunTask returns it. */
export const expectedTask = {
  attributes: [
    { name: 'ecs.cpu-architecture', value: 'x86_64' },
    { name: 'ecs-api.runtime', value: 'simulated' },
  ],
  clusterArn: 'arn:aws:ecs:us-east-1:111122223333:cluster/default',
  cpu: '256',
  desiredStatus: 'RUNNING',
  enableExecuteCommand: false,
  ephemeralStorage: { sizeInGiB: 20 },
  fargateEphemeralStorage: { sizeInGiB: 20 },
  group: 'family:job',
  lastStatus: 'PROVISIONING',
  launchType: 'FARGATE',
  memory: '512',
  overrides: { containerOverrides: [{ name: 'app' }], inferenceAcceleratorOverrides: [] },
  platformFamily: 'Linux',
  platformVersion: '1.4.0',
  taskDefinitionArn: 'arn:aws:ecs:us-east-1:111122223333:task-definition/job:1',
  version: 1,
}
