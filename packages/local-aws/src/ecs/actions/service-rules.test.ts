import assert from 'node:assert/strict'
import { testInProcessAndOverTcp } from '../../testing/in-process-and-tcp.ts'
import {
  assertEachRejected,
  invalidParameter,
  type Rejection,
  sendAction,
  testRejections,
} from '../../testing/rejections.ts'
import {
  awsvpcNetwork,
  ec2Service,
  fargateService,
  loadBalancer,
  registerDefinitions,
  serviceWithBreaker,
  serviceWithConnect,
  serviceWithDeployment,
  serviceWithEbs,
  serviceWithMonitoring,
  serviceWithStrategy,
  targetGroupArn,
} from '../../testing/service-inputs.ts'

const notAssociatedMessage =
  'The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster. Associate the capacity provider with the cluster or specify a valid capacity provider and try again.'
const twoBasesMessage =
  'There are multiple capacity providers in the specified capacity provider strategy with a base value greater than zero. Only one capacity provider can have a base value greater than zero. Specify a valid capacity provider strategy and try again.'
const noWeightMessage =
  'There are no capacity providers in the capacity provider strategy with a weight value greater than zero. Specify a weight value greater than zero for at least one capacity provider and try again.'
const dnsNameMessage =
  'The DNS name that you provided is invalid. The name must be a valid DNS name but doesn’t need to be fully-qualified. Up to 127 characters are allowed. The characters can include lowercase letters, numbers, underscores (_), hyphens (-), and periods (.). A hyphen can’t be the first character.'
const noVolumeMessage =
  'Volume configuration provided but no matching configuredAtLaunch volume found in task definition.'
const resolutionMessage = 'Monitoring configuration resolution must be one of [20, 60] seconds.'
const metricNameMessage = 'Metric name must be one of [CPUUtilization, MemoryUtilization].'
const noTaskRoleMessage = (verb: string) =>
  `The service couldn't be ${verb} because a valid taskRoleArn is not being used. Specify a valid task role in your task definition and try again.`
const noRebalancingMessage = (verb: string) =>
  `The service couldn't be ${verb} because Availability Zone Rebalancing does not support maximumPercent <= 100 % as deployment configuration. Update deployment configuration and try again.`

/** Messages recorded from AWS. */
const recordedOnCreate: Rejection[] = [
  invalidParameter(
    'a target group and a load balancer',
    { ...ec2Service, loadBalancers: [{ ...loadBalancer, loadBalancerName: 'l' }] },
    'loadBalancerName and targetGroupArn cannot both be specified. You must specify either a loadBalancerName or a targetGroupArn in all loadBalancer entries',
  ),
  invalidParameter(
    'a Classic Load Balancer with an unknown port: the load balancer is reported',
    { ...fargateService, loadBalancers: [{ loadBalancerName: 'l', containerName: 'app', containerPort: 9 }] },
    'Classic Load Balancers are not supported with Fargate.',
  ),
  invalidParameter(
    'a load balancer without a container',
    { ...fargateService, loadBalancers: [{ targetGroupArn, containerPort: 80 }] },
    'Container Name can not be blank.',
  ),
  invalidParameter(
    'an unknown container',
    { ...fargateService, loadBalancers: [{ ...loadBalancer, containerName: 'x' }] },
    'The container x does not exist in the task definition.',
  ),
  invalidParameter(
    'an unknown port',
    { ...fargateService, loadBalancers: [{ ...loadBalancer, containerPort: 9 }] },
    'The container app did not have a container port 9 defined.',
  ),
  invalidParameter(
    'a service role in the network mode awsvpc',
    { ...fargateService, role: 'r', loadBalancers: [loadBalancer] },
    'You cannot specify an IAM role for services that require a service linked role.',
  ),
  invalidParameter(
    'a service role without a load balancer',
    { ...ec2Service, role: 'r' },
    'IAM roles are only valid for services configured to use load balancers.',
  ),
  invalidParameter(
    'two service registries',
    { ...fargateService, serviceRegistries: [{ registryArn: 'a' }, { registryArn: 'b' }] },
    'service registries can have at most 1 items.',
  ),
  invalidParameter(
    'a service registry without a port in the network mode bridge',
    { ...ec2Service, serviceRegistries: [{ registryArn: 'a', containerName: 'app' }] },
    "When specifying 'host' or 'bridge' for networkMode, values for 'containerName' and 'containerPort' must be specified from the task definition. Registry: a",
  ),
  invalidParameter(
    'Service Connect without a namespace and without aliases: the namespace is reported',
    serviceWithConnect({ clientAliases: [] }, { namespace: undefined }),
    'Namespace is missing',
  ),
  invalidParameter(
    'a Service Connect service without aliases and with an unknown port name: the aliases are reported',
    serviceWithConnect({ portName: 'x', clientAliases: undefined }),
    'clientAliases must have 1 element.',
  ),
  invalidParameter(
    'an empty list of Service Connect aliases',
    serviceWithConnect({ clientAliases: [] }),
    'clientAliases must have 1 element.',
  ),
  invalidParameter(
    'two aliases of a Service Connect service',
    serviceWithConnect({ clientAliases: [{ port: 1 }, { port: 2 }] }),
    '2 clientAliases exceeds the max limit of 1',
  ),
  invalidParameter(
    'a DNS name with a blank',
    serviceWithConnect({ clientAliases: [{ port: 80, dnsName: 'a b' }] }),
    dnsNameMessage,
  ),
  invalidParameter(
    'a DNS name of 128 characters',
    serviceWithConnect({ clientAliases: [{ port: 80, dnsName: 'a'.repeat(128) }] }),
    dnsNameMessage,
  ),
  invalidParameter(
    'a port name that the definition lacks',
    serviceWithConnect({ portName: 'x' }),
    'portName(x) does not refer to any named PortMapping in the container definitions',
  ),
  invalidParameter(
    'an st1 volume with iops that the definition lacks: the missing volume is reported',
    serviceWithEbs({ volumeType: 'st1', iops: 3000 }, 'disk', 'web'),
    noVolumeMessage,
  ),
  invalidParameter(
    'a volume with another name than in the definition',
    serviceWithEbs({}, 'nope'),
    "The volume name 'nope' in your request does not have a matching volume in your Task Definition that is configurable at launch.",
  ),
  invalidParameter(
    'a network configuration in the network mode bridge',
    { ...ec2Service, networkConfiguration: awsvpcNetwork },
    'Network Configuration is not valid for the given networkMode of this task definition.',
  ),
  invalidParameter(
    'a platform version for EC2',
    { ...ec2Service, platformVersion: 'LATEST' },
    'The platform version must be null when specifying an EC2 launch type.',
  ),
  invalidParameter(
    'a binpack placement strategy by zone',
    { ...ec2Service, placementStrategy: [{ type: 'binpack', field: 'instanceId' }] },
    "binpack field 'instanceId' is invalid.",
  ),
  invalidParameter(
    'a random placement strategy with a field',
    { ...ec2Service, placementStrategy: [{ type: 'random', field: 'cpu' }] },
    'random field should not be specified.',
  ),
  invalidParameter(
    'six placement strategies',
    { ...ec2Service, placementStrategy: Array.from({ length: 6 }, () => ({ type: 'spread', field: 'instanceId' })) },
    'Maximum number of strategies is 5.',
  ),
  invalidParameter(
    'a distinctInstance constraint with an expression',
    { ...ec2Service, placementConstraints: [{ type: 'distinctInstance', expression: 'x' }] },
    'distinctInstance expression should not be specified.',
  ),
  invalidParameter(
    'a base in two capacity providers that are not associated: the bases are reported',
    serviceWithStrategy({ capacityProvider: 'a', base: 1, weight: 1 }, { capacityProvider: 'b', base: 2 }),
    twoBasesMessage,
  ),
  invalidParameter(
    'a capacity provider strategy without a weight',
    serviceWithStrategy({ capacityProvider: 'FARGATE', base: 1 }),
    noWeightMessage,
  ),
  invalidParameter(
    'a launch type and a strategy',
    { ...serviceWithStrategy({ capacityProvider: 'FARGATE', weight: 1 }), launchType: 'FARGATE' },
    'Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.',
  ),
  invalidParameter(
    'a capacity provider that is not associated with the cluster',
    serviceWithStrategy({ capacityProvider: 'FARGATE_SPOT', weight: 1 }),
    notAssociatedMessage,
  ),
  invalidParameter(
    'DAEMON on Fargate',
    { ...fargateService, desiredCount: undefined, schedulingStrategy: 'DAEMON' },
    'The daemon scheduling strategy does not support the FARGATE launch type. Change the launch type and try again',
  ),
  invalidParameter(
    'DAEMON with Availability Zone rebalancing',
    { ...ec2Service, desiredCount: undefined, schedulingStrategy: 'DAEMON', availabilityZoneRebalancing: 'ENABLED' },
    "The service couldn't be created because Availability Zone Rebalancing does not support DAEMON as scheduling strategy. Update scheduling strategy and try again.",
  ),
  invalidParameter(
    'DAEMON with a maximumPercent above 100',
    {
      ...ec2Service,
      desiredCount: undefined,
      schedulingStrategy: 'DAEMON',
      deploymentConfiguration: { maximumPercent: 150 },
    },
    'The daemon scheduling strategy does not support values above 100 for maximumPercent on a deployment configuration. Change the maximumPercent value to 100, and try again',
  ),
  invalidParameter(
    'DAEMON with a placement strategy',
    { ...ec2Service, desiredCount: undefined, schedulingStrategy: 'DAEMON', placementStrategy: [{ type: 'random' }] },
    'The daemon scheduling strategy does not support placement strategies. Remove the placement strategy and try again',
  ),
  invalidParameter(
    'an unknown scheduling strategy',
    { ...fargateService, schedulingStrategy: 'SOMETIMES' },
    'Scheduling strategy should be one of [REPLICA,DAEMON]',
  ),
  invalidParameter(
    'ECS Exec without a task role',
    { ...fargateService, enableExecuteCommand: true },
    noTaskRoleMessage('created'),
  ),
  invalidParameter(
    'Availability Zone rebalancing with a maximumPercent of 100',
    {
      ...serviceWithDeployment({ maximumPercent: 100, minimumHealthyPercent: 0 }),
      availabilityZoneRebalancing: 'ENABLED',
    },
    noRebalancingMessage('created'),
  ),
  invalidParameter(
    'a circuit breaker threshold of 0',
    serviceWithBreaker('COUNT', 0),
    'Invalid deployment circuit breaker threshold value.',
  ),
  invalidParameter(
    'a circuit breaker threshold of 101 percent',
    serviceWithBreaker('BOUNDED_PERCENT', 101),
    'Invalid deployment circuit breaker threshold value.',
  ),
  invalidParameter(
    'an unknown type of circuit breaker threshold',
    serviceWithBreaker('BOGUS', 1),
    'Invalid deployment circuit breaker threshold type.',
  ),
  ...[0, 19, 21, 30, 61, undefined].map((resolutionSeconds) =>
    invalidParameter(
      `metrics every ${resolutionSeconds} s`,
      serviceWithMonitoring({ metricNames: ['CPUUtilization'], resolutionSeconds }),
      resolutionMessage,
    ),
  ),
  invalidParameter(
    'an unknown metric to monitor',
    serviceWithMonitoring({ metricNames: ['LiveTaskCount'], resolutionSeconds: 20 }),
    metricNameMessage,
  ),
  invalidParameter(
    'monitoring without metric names',
    serviceWithMonitoring({ resolutionSeconds: 20 }),
    metricNameMessage,
  ),
  invalidParameter(
    'a public address on EC2',
    {
      ...fargateService,
      launchType: 'EC2',
      networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-0a1b2c3d'], assignPublicIp: 'ENABLED' } },
    },
    'Assign public IP is not supported for this launch type.',
  ),
  invalidParameter(
    'a clientToken of 37 characters',
    { ...fargateService, clientToken: 'x'.repeat(37) },
    'idempotency token longer than 36.',
  ),
]

const recordedOnUpdate: Rejection[] = [
  invalidParameter(
    'ECS Exec without a task role',
    { service: 'web', enableExecuteCommand: true },
    noTaskRoleMessage('updated'),
  ),
  invalidParameter(
    'a maximumPercent of 100 for a service with rebalancing',
    { service: 'web', deploymentConfiguration: { maximumPercent: 100, minimumHealthyPercent: 50 } },
    noRebalancingMessage('updated'),
  ),
  invalidParameter(
    'rebalancing for a service with a maximumPercent of 100',
    { service: 'tight', availabilityZoneRebalancing: 'ENABLED' },
    noRebalancingMessage('updated'),
  ),
  invalidParameter(
    'an unknown container',
    { service: 'web', loadBalancers: [{ ...loadBalancer, containerName: 'x' }] },
    'The container x does not exist in the task definition.',
  ),
  invalidParameter(
    'a base in two capacity providers',
    {
      service: 'web',
      forceNewDeployment: true,
      capacityProviderStrategy: [
        { capacityProvider: 'a', base: 1, weight: 1 },
        { capacityProvider: 'b', base: 2 },
      ],
    },
    twoBasesMessage,
  ),
  invalidParameter(
    'a circuit breaker threshold of 0',
    {
      service: 'web',
      deploymentConfiguration: {
        deploymentCircuitBreaker: { enable: true, rollback: true, thresholdConfiguration: { type: 'COUNT', value: 0 } },
      },
    },
    'Invalid deployment circuit breaker threshold value.',
  ),
  invalidParameter(
    'an unknown metric to monitor',
    { service: 'web', monitoring: { metricConfigurations: [{ metricNames: ['x'], resolutionSeconds: 20 }] } },
    metricNameMessage,
  ),
  invalidParameter(
    'a Service Connect service without aliases',
    {
      service: 'web',
      serviceConnectConfiguration: { enabled: true, namespace: 'n', services: [{ portName: 'http' }] },
    },
    'clientAliases must have 1 element.',
  ),
]

testRejections(
  'CreateService rejects with the messages recorded from ECS',
  'CreateService',
  recordedOnCreate,
  registerDefinitions,
)

testInProcessAndOverTcp('UpdateService checks the resulting service against the same rules', async (open) => {
  const { ecs } = await open()
  await registerDefinitions(ecs)
  await sendAction(ecs, 'CreateService', { ...fargateService, serviceName: 'web', desiredCount: 0 })
  const fullService = await sendAction(ecs, 'CreateService', {
    ...serviceWithDeployment({ maximumPercent: 100, minimumHealthyPercent: 0 }),
    serviceName: 'tight',
    desiredCount: 0,
  })
  assert.equal((fullService.service as { availabilityZoneRebalancing: string }).availabilityZoneRebalancing, 'DISABLED')
  await assertEachRejected(ecs, 'UpdateService', recordedOnUpdate)
})
