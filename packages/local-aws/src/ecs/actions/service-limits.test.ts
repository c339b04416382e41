import assert from 'node:assert/strict'
import { testInProcessAndOverTcp } from '../../testing/in-process-and-tcp.ts'
import { invalidParameter, type Rejection, sendAction, testRejections } from '../../testing/rejections.ts'
import {
  ec2Service,
  fargateService,
  loadBalancer,
  registerDefinitions,
  serviceWithConnect,
  serviceWithDeployment,
  serviceWithEbs,
  serviceWithMonitoring,
  serviceWithStrategy,
  targetGroupArn,
} from '../../testing/service-inputs.ts'

const documentedOnCreate: Rejection[] = [
  invalidParameter(
    'a clientToken with a blank',
    { ...fargateService, clientToken: 'a b' },
    'clientToken can have the ASCII characters 33 to 126 only.',
  ),
  invalidParameter(
    '21 capacity providers',
    serviceWithStrategy(...Array.from({ length: 21 }, (_, i) => ({ capacityProvider: `p${i}`, weight: 1 }))),
    'A capacity provider strategy can have at most 20 capacity providers.',
  ),
  invalidParameter(
    'a capacity provider with the weight 1001',
    serviceWithStrategy({ capacityProvider: 'FARGATE', weight: 1001 }),
    'The weight of a capacity provider must be between 0 and 1000.',
  ),
  invalidParameter(
    'a memberOf constraint without an expression',
    { ...ec2Service, placementConstraints: [{ type: 'memberOf' }] },
    'memberOf expression must be specified.',
  ),
  invalidParameter(
    'a constraint whose expression has 2001 characters',
    { ...ec2Service, placementConstraints: [{ type: 'memberOf', expression: 'x'.repeat(2001) }] },
    'The expression of a placement constraint can have at most 2000 characters.',
  ),
  invalidParameter(
    'eleven placement constraints',
    { ...ec2Service, placementConstraints: Array.from({ length: 11 }, () => ({ type: 'distinctInstance' })) },
    'A task can have at most 10 placement constraints.',
  ),
  invalidParameter(
    'ten placement constraints in addition to one of the definition',
    {
      ...ec2Service,
      taskDefinition: 'bound',
      placementConstraints: Array.from({ length: 10 }, () => ({ type: 'distinctInstance' })),
    },
    'A task can have at most 10 placement constraints.',
  ),
  invalidParameter(
    'a negative grace period of health checks',
    { ...fargateService, healthCheckGracePeriodSeconds: -1 },
    'healthCheckGracePeriodSeconds must be between 0 and 2147483647.',
  ),
  invalidParameter(
    'two gateway connectors',
    { ...fargateService, gatewayConnectors: [{ portName: 'a' }, { portName: 'b' }] },
    'gatewayConnectors can have at most 1 item.',
  ),
  invalidParameter(
    'a load balancer without a container port',
    { ...fargateService, loadBalancers: [{ targetGroupArn, containerName: 'app' }] },
    'Container Port can not be blank.',
  ),
  invalidParameter(
    'a load balancer without a name and without a target group',
    { ...fargateService, loadBalancers: [{ containerName: 'app', containerPort: 80 }] },
    'You must specify either a loadBalancerName or a targetGroupArn in all loadBalancer entries',
  ),
  invalidParameter(
    'a service registry with a port and a container',
    { ...fargateService, serviceRegistries: [{ registryArn: 'a', port: 1, containerName: 'app', containerPort: 80 }] },
    'A service registry cannot have both a port and a containerName and containerPort.',
  ),
  invalidParameter(
    'a service registry of an unknown container',
    { ...fargateService, serviceRegistries: [{ registryArn: 'a', containerName: 'x', containerPort: 80 }] },
    'The container x does not exist in the task definition.',
  ),
  invalidParameter(
    'a Service Connect discovery name with capitals',
    serviceWithConnect({ discoveryName: 'Http' }),
    'The discovery name Http is invalid: up to 64 lowercase letters, numbers, underscores and hyphens, not a hyphen first.',
  ),
  invalidParameter(
    'a Service Connect alias at port 0',
    serviceWithConnect({ clientAliases: [{ port: 0 }] }),
    'The port of a client alias must be between 1 and 65535.',
  ),
  invalidParameter(
    'a Service Connect request timeout for TCP',
    serviceWithConnect({ timeout: { perRequestTimeoutSeconds: 5 } }),
    'perRequestTimeoutSeconds cannot be set for the appProtocol TCP.',
  ),
  invalidParameter(
    'Service Connect access logs without a log configuration',
    serviceWithConnect({}, { accessLogConfiguration: { format: 'TEXT' } }),
    'accessLogConfiguration requires a logConfiguration in the serviceConnectConfiguration.',
  ),
  invalidParameter(
    'an unknown volume type',
    serviceWithEbs({ volumeType: 'gp9' }),
    'volumeType should be one of [gp2,gp3,io1,io2,st1,sc1,standard]',
  ),
  invalidParameter(
    'a volume without a size and without a snapshot',
    serviceWithEbs({ sizeInGiB: undefined }),
    'A volume must have a sizeInGiB or a snapshotId.',
  ),
  invalidParameter(
    'an io1 volume without iops',
    serviceWithEbs({ volumeType: 'io1' }),
    'iops must be specified for the volume type io1.',
  ),
  invalidParameter(
    'an st1 volume with iops',
    serviceWithEbs({ volumeType: 'st1', sizeInGiB: 200, iops: 100 }),
    'iops is not supported for the volume type st1.',
  ),
  invalidParameter(
    'an st1 volume of 20 GiB',
    serviceWithEbs({ volumeType: 'st1' }),
    'sizeInGiB must be at least 125 for this volume type.',
  ),
  invalidParameter(
    'a gp2 volume with a throughput',
    serviceWithEbs({ volumeType: 'gp2', throughput: 200 }),
    'throughput is not supported for the volume type gp2.',
  ),
  invalidParameter(
    'a magnetic volume on Fargate',
    serviceWithEbs({ volumeType: 'standard' }),
    'The volume type standard is not supported on Fargate.',
  ),
  invalidParameter(
    'a volume initialization rate without a snapshot',
    serviceWithEbs({ volumeInitializationRate: 100 }),
    'volumeInitializationRate can be specified with a snapshotId only.',
  ),
  invalidParameter(
    'a reserved tag of a volume',
    serviceWithEbs({ tagSpecifications: [{ resourceType: 'volume', tags: [{ key: 'AmazonECSManaged', value: '' }] }] }),
    'The tag AmazonECSManaged is reserved.',
  ),
  invalidParameter(
    'a bake time above a day',
    serviceWithDeployment({ bakeTimeInMinutes: 1441 }),
    'bakeTimeInMinutes must be between 0 and 1440.',
  ),
  invalidParameter(
    'a BLUE_GREEN deployment without a bake time',
    serviceWithDeployment({ strategy: 'BLUE_GREEN' }),
    'bakeTimeInMinutes must be specified with the deployment strategy BLUE_GREEN.',
  ),
  invalidParameter(
    'a linear configuration without the strategy LINEAR',
    serviceWithDeployment({ linearConfiguration: { stepPercent: 10 } }),
    'linearConfiguration is only valid with the deployment strategy LINEAR.',
  ),
  invalidParameter(
    'a linear step of 2.9 percent',
    serviceWithDeployment({ strategy: 'LINEAR', linearConfiguration: { stepPercent: 2.9 } }),
    'stepPercent must be a multiple of 0.1 between 3.0 and 100.0.',
  ),
  invalidParameter(
    'a canary of 0.05 percent',
    serviceWithDeployment({ strategy: 'CANARY', canaryConfiguration: { canaryPercent: 0.05 } }),
    'canaryPercent must be a multiple of 0.1 between 0.1 and 100.0.',
  ),
  invalidParameter(
    'early success criteria without healthyPercent',
    serviceWithDeployment({ earlySuccessCriteria: { enable: true, sourceServiceRevisionCleanup: 'DEFERRED' } }),
    'healthyPercent must be specified when early success criteria are enabled.',
  ),
  invalidParameter(
    'early success below minimumHealthyPercent',
    serviceWithDeployment({
      minimumHealthyPercent: 50,
      earlySuccessCriteria: { enable: true, healthyPercent: 49, sourceServiceRevisionCleanup: 'DEFERRED' },
    }),
    'healthyPercent must be greater than or equal to minimumHealthyPercent.',
  ),
  invalidParameter(
    'early success criteria with another strategy than ROLLING',
    serviceWithDeployment({
      strategy: 'LINEAR',
      earlySuccessCriteria: { enable: true, healthyPercent: 100, sourceServiceRevisionCleanup: 'DEFERRED' },
    }),
    'earlySuccessCriteria are only valid with the deployment strategy ROLLING.',
  ),
  invalidParameter(
    'a lifecycle hook without a target',
    serviceWithDeployment({ lifecycleHooks: [{ lifecycleStages: ['PRE_SCALE_UP'] }] }),
    'hookTargetArn must be specified for an AWS_LAMBDA lifecycle hook.',
  ),
  invalidParameter(
    'a lifecycle hook without a stage',
    serviceWithDeployment({ lifecycleHooks: [{ hookTargetArn: 'a', roleArn: 'b' }] }),
    'lifecycleStages must be specified for a lifecycle hook.',
  ),
]

testRejections(
  'CreateService rejects requests that the API Reference forbids',
  'CreateService',
  documentedOnCreate,
  registerDefinitions,
)

testInProcessAndOverTcp('CreateService accepts valid requests close to a limit', async (open) => {
  const { ecs } = await open()
  await registerDefinitions(ecs)
  const legal: Record<string, object> = {
    'more than twice as many tasks': serviceWithDeployment({ maximumPercent: 300 }),
    'a volume': serviceWithEbs({ volumeType: 'gp3', iops: 3000, throughput: 125 }),
    'Service Connect': serviceWithConnect({
      discoveryName: 'http',
      clientAliases: [{ port: 80, dnsName: 'web.internal_1' }],
    }),
    'only a client of Service Connect': { ...fargateService, serviceConnectConfiguration: { enabled: true } },
    'metrics of nothing': serviceWithMonitoring({ metricNames: [], resolutionSeconds: 60 }),
    'a load balancer': { ...fargateService, loadBalancers: [loadBalancer] },
    // Required for a registry of A records: ECS rejects a port there (telia-oss/terraform-aws-ecs-fargate#36).
    'a registry of a container without a port': {
      ...fargateService,
      serviceRegistries: [{ registryArn: 'a', containerName: 'app' }],
    },
  }
  for (const [i, [label, input]] of Object.entries(legal).entries())
    await assert.doesNotReject(
      sendAction(ecs, 'CreateService', { ...input, serviceName: `s${i}`, desiredCount: 0 }),
      label,
    )
  const { service } = (await sendAction(ecs, 'CreateService', {
    ...serviceWithDeployment({ deploymentCircuitBreaker: { enable: false, rollback: true } }),
    serviceName: 'off',
    desiredCount: 0,
  })) as { service: { deploymentConfiguration: { deploymentCircuitBreaker: object } } }
  assert.deepEqual(service.deploymentConfiguration.deploymentCircuitBreaker, {
    enable: false,
    rollback: false,
    resetOnHealthyTask: true,
    thresholdConfiguration: { type: 'BOUNDED_PERCENT', value: 50 },
  })
})
