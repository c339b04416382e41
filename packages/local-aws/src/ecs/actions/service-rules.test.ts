import assert from 'node:assert/strict'
import { testBothTransports } from '../../testing/both-transports.ts'
import { invalid, type Rejection, rejectsEach, send, testRejections } from '../../testing/rejections.ts'
import {
  balancer,
  breaker,
  connect,
  deployed,
  ebs,
  ec2,
  fargate,
  monitored,
  network,
  registerDefinitions,
  strategy,
  targetGroupArn,
} from '../../testing/service-inputs.ts'

const notAssociated =
  'The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster. Associate the capacity provider with the cluster or specify a valid capacity provider and try again.'
const twoBases =
  'There are multiple capacity providers in the specified capacity provider strategy with a base value greater than zero. Only one capacity provider can have a base value greater than zero. Specify a valid capacity provider strategy and try again.'
const noWeight =
  'There are no capacity providers in the capacity provider strategy with a weight value greater than zero. Specify a weight value greater than zero for at least one capacity provider and try again.'
const dnsName =
  'The DNS name that you provided is invalid. The name must be a valid DNS name but doesn’t need to be fully-qualified. Up to 127 characters are allowed. The characters can include lowercase letters, numbers, underscores (_), hyphens (-), and periods (.). A hyphen can’t be the first character.'
const noVolume = 'Volume configuration provided but no matching configuredAtLaunch volume found in task definition.'
const resolution = 'Monitoring configuration resolution must be one of [20, 60] seconds.'
const metricName = 'Metric name must be one of [CPUUtilization, MemoryUtilization].'
const noTaskRole = (done: string) =>
  `The service couldn't be ${done} because a valid taskRoleArn is not being used. Specify a valid task role in your task definition and try again.`
const noRoom = (done: string) =>
  `The service couldn't be ${done} because Availability Zone Rebalancing does not support maximumPercent <= 100 % as deployment configuration. Update deployment configuration and try again.`

/** Messages recorded from AWS. */
const recordedOnCreate: Rejection[] = [
  invalid(
    'a target group and a load balancer',
    { ...ec2, loadBalancers: [{ ...balancer, loadBalancerName: 'l' }] },
    'loadBalancerName and targetGroupArn cannot both be specified. You must specify either a loadBalancerName or a targetGroupArn in all loadBalancer entries',
  ),
  invalid(
    'a classic load balancer, before the port',
    { ...fargate, loadBalancers: [{ loadBalancerName: 'l', containerName: 'app', containerPort: 9 }] },
    'Classic Load Balancers are not supported with Fargate.',
  ),
  invalid(
    'a load balancer without container',
    { ...fargate, loadBalancers: [{ targetGroupArn, containerPort: 80 }] },
    'Container Name can not be blank.',
  ),
  invalid(
    'an unknown container',
    { ...fargate, loadBalancers: [{ ...balancer, containerName: 'x' }] },
    'The container x does not exist in the task definition.',
  ),
  invalid(
    'an unknown port',
    { ...fargate, loadBalancers: [{ ...balancer, containerPort: 9 }] },
    'The container app did not have a container port 9 defined.',
  ),
  invalid(
    'a role with awsvpc',
    { ...fargate, role: 'r', loadBalancers: [balancer] },
    'You cannot specify an IAM role for services that require a service linked role.',
  ),
  invalid(
    'a role without load balancer',
    { ...ec2, role: 'r' },
    'IAM roles are only valid for services configured to use load balancers.',
  ),
  invalid(
    'two registries',
    { ...fargate, serviceRegistries: [{ registryArn: 'a' }, { registryArn: 'b' }] },
    'service registries can have at most 1 items.',
  ),
  invalid(
    'a registry without a port in bridge mode',
    { ...ec2, serviceRegistries: [{ registryArn: 'a', containerName: 'app' }] },
    "When specifying 'host' or 'bridge' for networkMode, values for 'containerName' and 'containerPort' must be specified from the task definition. Registry: a",
  ),
  invalid(
    'Service Connect without namespace, before the aliases',
    connect({ clientAliases: [] }, { namespace: undefined }),
    'Namespace is missing',
  ),
  invalid(
    'no alias, before the port’s name',
    connect({ portName: 'x', clientAliases: undefined }),
    'clientAliases must have 1 element.',
  ),
  invalid('an empty list of aliases', connect({ clientAliases: [] }), 'clientAliases must have 1 element.'),
  invalid(
    'two aliases',
    connect({ clientAliases: [{ port: 1 }, { port: 2 }] }),
    '2 clientAliases exceeds the max limit of 1',
  ),
  invalid('a DNS name with a blank', connect({ clientAliases: [{ port: 80, dnsName: 'a b' }] }), dnsName),
  invalid(
    'a DNS name of 128 characters',
    connect({ clientAliases: [{ port: 80, dnsName: 'a'.repeat(128) }] }),
    dnsName,
  ),
  invalid(
    'a missing port name',
    connect({ portName: 'x' }),
    'portName(x) does not refer to any named PortMapping in the container definitions',
  ),
  invalid(
    'volumes that the definition lacks, before their iops',
    ebs({ volumeType: 'st1', iops: 3000 }, 'disk', 'web'),
    noVolume,
  ),
  invalid(
    'a volume of another name',
    ebs({}, 'nope'),
    "The volume name 'nope' in your request does not have a matching volume in your Task Definition that is configurable at launch.",
  ),
  invalid(
    'a network for bridge mode',
    { ...ec2, networkConfiguration: network },
    'Network Configuration is not valid for the given networkMode of this task definition.',
  ),
  invalid(
    'a platform version for EC2',
    { ...ec2, platformVersion: 'LATEST' },
    'The platform version must be null when specifying an EC2 launch type.',
  ),
  invalid(
    'binpack by a zone',
    { ...ec2, placementStrategy: [{ type: 'binpack', field: 'instanceId' }] },
    "binpack field 'instanceId' is invalid.",
  ),
  invalid(
    'random by a field',
    { ...ec2, placementStrategy: [{ type: 'random', field: 'cpu' }] },
    'random field should not be specified.',
  ),
  invalid(
    'six strategies',
    { ...ec2, placementStrategy: Array.from({ length: 6 }, () => ({ type: 'spread', field: 'instanceId' })) },
    'Maximum number of strategies is 5.',
  ),
  invalid(
    'distinctInstance with an expression',
    { ...ec2, placementConstraints: [{ type: 'distinctInstance', expression: 'x' }] },
    'distinctInstance expression should not be specified.',
  ),
  invalid(
    'two bases, before the association',
    strategy({ capacityProvider: 'a', base: 1, weight: 1 }, { capacityProvider: 'b', base: 2 }),
    twoBases,
  ),
  invalid('no weight', strategy({ capacityProvider: 'FARGATE', base: 1 }), noWeight),
  invalid(
    'a launch type and a strategy',
    { ...strategy({ capacityProvider: 'FARGATE', weight: 1 }), launchType: 'FARGATE' },
    'Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.',
  ),
  invalid(
    'a provider that is not associated',
    strategy({ capacityProvider: 'FARGATE_SPOT', weight: 1 }),
    notAssociated,
  ),
  invalid(
    'DAEMON on Fargate',
    { ...fargate, desiredCount: undefined, schedulingStrategy: 'DAEMON' },
    'The daemon scheduling strategy does not support the FARGATE launch type. Change the launch type and try again',
  ),
  invalid(
    'DAEMON with rebalancing',
    { ...ec2, desiredCount: undefined, schedulingStrategy: 'DAEMON', availabilityZoneRebalancing: 'ENABLED' },
    "The service couldn't be created because Availability Zone Rebalancing does not support DAEMON as scheduling strategy. Update scheduling strategy and try again.",
  ),
  invalid(
    'DAEMON above 100 percent',
    { ...ec2, desiredCount: undefined, schedulingStrategy: 'DAEMON', deploymentConfiguration: { maximumPercent: 150 } },
    'The daemon scheduling strategy does not support values above 100 for maximumPercent on a deployment configuration. Change the maximumPercent value to 100, and try again',
  ),
  invalid(
    'DAEMON with placement',
    { ...ec2, desiredCount: undefined, schedulingStrategy: 'DAEMON', placementStrategy: [{ type: 'random' }] },
    'The daemon scheduling strategy does not support placement strategies. Remove the placement strategy and try again',
  ),
  invalid(
    'an unknown scheduling strategy',
    { ...fargate, schedulingStrategy: 'SOMETIMES' },
    'Scheduling strategy should be one of [REPLICA,DAEMON]',
  ),
  invalid('ECS Exec without a task role', { ...fargate, enableExecuteCommand: true }, noTaskRole('created')),
  invalid(
    'rebalancing without room',
    { ...deployed({ maximumPercent: 100, minimumHealthyPercent: 0 }), availabilityZoneRebalancing: 'ENABLED' },
    noRoom('created'),
  ),
  invalid('a threshold of 0', breaker('COUNT', 0), 'Invalid deployment circuit breaker threshold value.'),
  invalid(
    'a threshold of 101 percent',
    breaker('BOUNDED_PERCENT', 101),
    'Invalid deployment circuit breaker threshold value.',
  ),
  invalid('an unknown threshold', breaker('BOGUS', 1), 'Invalid deployment circuit breaker threshold type.'),
  ...[0, 19, 21, 30, 61, undefined].map((resolutionSeconds) =>
    invalid(
      `metrics every ${resolutionSeconds} s`,
      monitored({ metricNames: ['CPUUtilization'], resolutionSeconds }),
      resolution,
    ),
  ),
  invalid('an unknown metric', monitored({ metricNames: ['LiveTaskCount'], resolutionSeconds: 20 }), metricName),
  invalid('no metric names', monitored({ resolutionSeconds: 20 }), metricName),
  invalid(
    'a public address on EC2',
    {
      ...fargate,
      launchType: 'EC2',
      networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-0a1b2c3d'], assignPublicIp: 'ENABLED' } },
    },
    'Assign public IP is not supported for this launch type.',
  ),
  invalid('a token of 37 characters', { ...fargate, clientToken: 'x'.repeat(37) }, 'idempotency token longer than 36.'),
]

const onUpdate: Rejection[] = [
  invalid('ECS Exec without a task role', { service: 'web', enableExecuteCommand: true }, noTaskRole('updated')),
  invalid(
    'no room for the rebalancing that is on',
    { service: 'web', deploymentConfiguration: { maximumPercent: 100, minimumHealthyPercent: 50 } },
    noRoom('updated'),
  ),
  invalid(
    'rebalancing for a service without room',
    { service: 'tight', availabilityZoneRebalancing: 'ENABLED' },
    noRoom('updated'),
  ),
  invalid(
    'an unknown container',
    { service: 'web', loadBalancers: [{ ...balancer, containerName: 'x' }] },
    'The container x does not exist in the task definition.',
  ),
  invalid(
    'two bases',
    {
      service: 'web',
      forceNewDeployment: true,
      capacityProviderStrategy: [
        { capacityProvider: 'a', base: 1, weight: 1 },
        { capacityProvider: 'b', base: 2 },
      ],
    },
    twoBases,
  ),
  invalid(
    'a threshold of 0',
    {
      service: 'web',
      deploymentConfiguration: {
        deploymentCircuitBreaker: { enable: true, rollback: true, thresholdConfiguration: { type: 'COUNT', value: 0 } },
      },
    },
    'Invalid deployment circuit breaker threshold value.',
  ),
  invalid(
    'an unknown metric',
    { service: 'web', monitoring: { metricConfigurations: [{ metricNames: ['x'], resolutionSeconds: 20 }] } },
    metricName,
  ),
  invalid(
    'no alias',
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

testBothTransports('UpdateService checks the resulting service against the same rules', async (open) => {
  const { ecs } = await open()
  await registerDefinitions(ecs)
  await send(ecs, 'CreateService', { ...fargate, serviceName: 'web', desiredCount: 0 })
  const tight = await send(ecs, 'CreateService', {
    ...deployed({ maximumPercent: 100, minimumHealthyPercent: 0 }),
    serviceName: 'tight',
    desiredCount: 0,
  })
  assert.equal((tight.service as { availabilityZoneRebalancing: string }).availabilityZoneRebalancing, 'DISABLED')
  await rejectsEach(ecs, 'UpdateService', onUpdate)
})
