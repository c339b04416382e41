import assert from 'node:assert/strict'
import { testBothTransports } from '../../testing/both-transports.ts'
import { invalid, type Rejection, send, testRejections } from '../../testing/rejections.ts'
import {
  balancer,
  connect,
  deployed,
  ebs,
  ec2,
  fargate,
  monitored,
  registerDefinitions,
  strategy,
  targetGroupArn,
} from '../../testing/service-inputs.ts'

const documentedOnCreate: Rejection[] = [
  invalid(
    'a token with a blank',
    { ...fargate, clientToken: 'a b' },
    'clientToken can have the ASCII characters 33 to 126 only.',
  ),
  invalid(
    '21 providers',
    strategy(...Array.from({ length: 21 }, (_, i) => ({ capacityProvider: `p${i}`, weight: 1 }))),
    'A capacity provider strategy can have at most 20 capacity providers.',
  ),
  invalid(
    'a weight of 1001',
    strategy({ capacityProvider: 'FARGATE', weight: 1001 }),
    'The weight of a capacity provider must be between 0 and 1000.',
  ),
  invalid(
    'memberOf without expression',
    { ...ec2, placementConstraints: [{ type: 'memberOf' }] },
    'memberOf expression must be specified.',
  ),
  invalid(
    'an expression of 2001 characters',
    { ...ec2, placementConstraints: [{ type: 'memberOf', expression: 'x'.repeat(2001) }] },
    'The expression of a placement constraint can have at most 2000 characters.',
  ),
  invalid(
    'eleven constraints',
    { ...ec2, placementConstraints: Array.from({ length: 11 }, () => ({ type: 'distinctInstance' })) },
    'A task can have at most 10 placement constraints.',
  ),
  invalid(
    'ten constraints beside that of the definition',
    {
      ...ec2,
      taskDefinition: 'bound',
      placementConstraints: Array.from({ length: 10 }, () => ({ type: 'distinctInstance' })),
    },
    'A task can have at most 10 placement constraints.',
  ),
  invalid(
    'a negative grace period',
    { ...fargate, healthCheckGracePeriodSeconds: -1 },
    'healthCheckGracePeriodSeconds must be between 0 and 2147483647.',
  ),
  invalid(
    'two gateway connectors',
    { ...fargate, gatewayConnectors: [{ portName: 'a' }, { portName: 'b' }] },
    'gatewayConnectors can have at most 1 item.',
  ),
  invalid(
    'a load balancer without port',
    { ...fargate, loadBalancers: [{ targetGroupArn, containerName: 'app' }] },
    'Container Port can not be blank.',
  ),
  invalid(
    'a load balancer of no kind',
    { ...fargate, loadBalancers: [{ containerName: 'app', containerPort: 80 }] },
    'You must specify either a loadBalancerName or a targetGroupArn in all loadBalancer entries',
  ),
  invalid(
    'a registry with port and container',
    { ...fargate, serviceRegistries: [{ registryArn: 'a', port: 1, containerName: 'app', containerPort: 80 }] },
    'A service registry cannot have both a port and a containerName and containerPort.',
  ),
  invalid(
    'a registry of an unknown container',
    { ...fargate, serviceRegistries: [{ registryArn: 'a', containerName: 'x', containerPort: 80 }] },
    'The container x does not exist in the task definition.',
  ),
  invalid(
    'a discovery name with capitals',
    connect({ discoveryName: 'Http' }),
    'The discovery name Http is invalid: up to 64 lowercase letters, numbers, underscores and hyphens, not a hyphen first.',
  ),
  invalid(
    'an alias at port 0',
    connect({ clientAliases: [{ port: 0 }] }),
    'The port of a client alias must be between 1 and 65535.',
  ),
  invalid(
    'a request timeout for TCP',
    connect({ timeout: { perRequestTimeoutSeconds: 5 } }),
    'perRequestTimeoutSeconds cannot be set for the appProtocol TCP.',
  ),
  invalid(
    'access logs without logs',
    connect({}, { accessLogConfiguration: { format: 'TEXT' } }),
    'accessLogConfiguration requires a logConfiguration in the serviceConnectConfiguration.',
  ),
  invalid(
    'an unknown volume type',
    ebs({ volumeType: 'gp9' }),
    'volumeType should be one of [gp2,gp3,io1,io2,st1,sc1,standard]',
  ),
  invalid('a volume without size', ebs({ sizeInGiB: undefined }), 'A volume must have a sizeInGiB or a snapshotId.'),
  invalid('io1 without iops', ebs({ volumeType: 'io1' }), 'iops must be specified for the volume type io1.'),
  invalid(
    'st1 with iops',
    ebs({ volumeType: 'st1', sizeInGiB: 200, iops: 100 }),
    'iops is not supported for the volume type st1.',
  ),
  invalid('st1 of 20 GiB', ebs({ volumeType: 'st1' }), 'sizeInGiB must be at least 125 for this volume type.'),
  invalid(
    'gp2 with a throughput',
    ebs({ volumeType: 'gp2', throughput: 200 }),
    'throughput is not supported for the volume type gp2.',
  ),
  invalid('a magnetic disk', ebs({ volumeType: 'standard' }), 'The volume type standard is not supported on Fargate.'),
  invalid(
    'a rate without snapshot',
    ebs({ volumeInitializationRate: 100 }),
    'volumeInitializationRate can be specified with a snapshotId only.',
  ),
  invalid(
    'a reserved tag',
    ebs({ tagSpecifications: [{ resourceType: 'volume', tags: [{ key: 'AmazonECSManaged', value: '' }] }] }),
    'The tag AmazonECSManaged is reserved.',
  ),
  invalid(
    'a bake time above a day',
    deployed({ bakeTimeInMinutes: 1441 }),
    'bakeTimeInMinutes must be between 0 and 1440.',
  ),
  invalid(
    'BLUE_GREEN without bake time',
    deployed({ strategy: 'BLUE_GREEN' }),
    'bakeTimeInMinutes must be specified with the deployment strategy BLUE_GREEN.',
  ),
  invalid(
    'steps without LINEAR',
    deployed({ linearConfiguration: { stepPercent: 10 } }),
    'linearConfiguration is only valid with the deployment strategy LINEAR.',
  ),
  invalid(
    'a step of 2.9 percent',
    deployed({ strategy: 'LINEAR', linearConfiguration: { stepPercent: 2.9 } }),
    'stepPercent must be a multiple of 0.1 between 3.0 and 100.0.',
  ),
  invalid(
    'a canary of 0.05 percent',
    deployed({ strategy: 'CANARY', canaryConfiguration: { canaryPercent: 0.05 } }),
    'canaryPercent must be a multiple of 0.1 between 0.1 and 100.0.',
  ),
  invalid(
    'early success of nothing',
    deployed({ earlySuccessCriteria: { enable: true, sourceServiceRevisionCleanup: 'DEFERRED' } }),
    'healthyPercent must be specified when early success criteria are enabled.',
  ),
  invalid(
    'early success below the minimum',
    deployed({
      minimumHealthyPercent: 50,
      earlySuccessCriteria: { enable: true, healthyPercent: 49, sourceServiceRevisionCleanup: 'DEFERRED' },
    }),
    'healthyPercent must be greater than or equal to minimumHealthyPercent.',
  ),
  invalid(
    'early success of another strategy',
    deployed({
      strategy: 'LINEAR',
      earlySuccessCriteria: { enable: true, healthyPercent: 100, sourceServiceRevisionCleanup: 'DEFERRED' },
    }),
    'earlySuccessCriteria are only valid with the deployment strategy ROLLING.',
  ),
  invalid(
    'a hook without target',
    deployed({ lifecycleHooks: [{ lifecycleStages: ['PRE_SCALE_UP'] }] }),
    'hookTargetArn must be specified for an AWS_LAMBDA lifecycle hook.',
  ),
  invalid(
    'a hook without stage',
    deployed({ lifecycleHooks: [{ hookTargetArn: 'a', roleArn: 'b' }] }),
    'lifecycleStages must be specified for a lifecycle hook.',
  ),
]

testRejections(
  'CreateService rejects requests that the API Reference excludes',
  'CreateService',
  documentedOnCreate,
  registerDefinitions,
)

testBothTransports('CreateService accepts valid requests close to a limit', async (open) => {
  const { ecs } = await open()
  await registerDefinitions(ecs)
  const legal: Record<string, object> = {
    'more than twice as many tasks': deployed({ maximumPercent: 300 }),
    'a volume': ebs({ volumeType: 'gp3', iops: 3000, throughput: 125 }),
    'Service Connect': connect({ discoveryName: 'http', clientAliases: [{ port: 80, dnsName: 'web.internal_1' }] }),
    'only a client of Service Connect': { ...fargate, serviceConnectConfiguration: { enabled: true } },
    'metrics of nothing': monitored({ metricNames: [], resolutionSeconds: 60 }),
    'a load balancer': { ...fargate, loadBalancers: [balancer] },
    // Required for a registry of A records: ECS rejects a port there (telia-oss/terraform-aws-ecs-fargate#36).
    'a registry of a container without a port': {
      ...fargate,
      serviceRegistries: [{ registryArn: 'a', containerName: 'app' }],
    },
  }
  for (const [i, [label, input]] of Object.entries(legal).entries())
    await assert.doesNotReject(send(ecs, 'CreateService', { ...input, serviceName: `s${i}`, desiredCount: 0 }), label)
  const { service } = (await send(ecs, 'CreateService', {
    ...deployed({ deploymentCircuitBreaker: { enable: false, rollback: true } }),
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
