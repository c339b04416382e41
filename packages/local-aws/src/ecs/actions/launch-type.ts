/** On what tasks run, and in which network: what RunTask, CreateService and UpdateService check alike. */
import type { CapacityProviderStrategyItem, NetworkConfiguration } from '@aws-sdk/client-ecs'
import { parseArn, shortName, type Wire } from '@ecs-api/ecs-model'
import { AwsError } from '../../protocol/aws-error.ts'
import type { ClusterRecord } from '../records/cluster-record.ts'
import type { TaskDefinitionRecord } from '../records/task-definition-record.ts'
import { checkSubnet } from '../tasks/subnets.ts'
import { builtInProviders, checkStrategyAssociated, strategyWithDefaults } from './capacity-provider-reference.ts'

export interface Launch {
  launchType?: 'FARGATE' | 'EC2'
  /** By name, with ECS's defaults; empty where a launch type counts. */
  strategy: Wire<CapacityProviderStrategyItem>[]
}

/**
 * The request's own strategy or launch type, else the cluster's default strategy, else EC2, as ECS has it.
 * @throws AwsError InvalidParameterException; UnsupportedFeatureException for capacity that this engine can't have.
 */
export function launchOf(
  cluster: ClusterRecord,
  {
    launchType,
    capacityProviderStrategy,
  }: { launchType?: string | undefined; capacityProviderStrategy?: Wire<CapacityProviderStrategyItem>[] | undefined },
): Launch {
  if (launchType !== undefined && (capacityProviderStrategy === undefined || capacityProviderStrategy.length === 0)) {
    if (launchType === 'FARGATE' || launchType === 'EC2') return { launchType, strategy: [] }
    throw new AwsError('UnsupportedFeatureException', `This engine does not have the launch type ${launchType}.`)
  }
  const given = capacityProviderStrategy?.length
    ? capacityProviderStrategy
    : (cluster.defaultCapacityProviderStrategy ?? [])
  if (given.length === 0) return { launchType: 'EC2', strategy: [] }
  if (!capacityProviderStrategy?.length && given.every(({ weight = 0 }) => weight === 0)) throw noWeightByDefault()
  checkStrategyAssociated(parseArn(cluster.clusterArn)!, given, cluster.capacityProviders ?? [])
  const strategy = strategyWithDefaults(given).map((item) => ({
    ...item,
    capacityProvider: shortName(item.capacityProvider ?? ''),
  }))
  const other = strategy.find(({ capacityProvider }) => !builtInProviders.some((name) => name === capacityProvider))
  if (other)
    throw new AwsError(
      'UnsupportedFeatureException',
      `This engine runs tasks on FARGATE and FARGATE_SPOT only, not on ${other.capacityProvider}.`,
    )
  return { strategy }
}

// terraform-aws-modules/terraform-aws-ecs#27
function noWeightByDefault(): AwsError {
  return new AwsError(
    'InvalidParameterException',
    "There are no capacity providers with a weight value greater than zero defined in the default capacity provider strategy. At least one capacity provider must have a weight value greater than zero specified. Update the cluster's default capacity provider strategy or specify a valid capacity provider strategy and try again.",
  )
}

/** @throws AwsError where the definition can't run there. */
export function checkFits(
  definition: TaskDefinitionRecord,
  { launchType, strategy }: Launch,
  network: Wire<NetworkConfiguration> | undefined,
): void {
  const fargate = strategy.length > 0 || launchType === 'FARGATE'
  if (fargate && !definition.compatibilities?.includes('FARGATE'))
    throw new AwsError('InvalidParameterException', 'Task definition does not support launch_type FARGATE.')
  const vpc = network?.awsvpcConfiguration
  // Capture execution 23: before it is found that nothing can run there.
  if (!fargate && vpc?.assignPublicIp === 'ENABLED')
    throw new AwsError('InvalidParameterException', 'Assign public IP is not supported for this launch type.')
  if (definition.networkMode === 'awsvpc' && !vpc)
    throw new AwsError(
      'InvalidParameterException',
      "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
    )
  if (!vpc) return
  if (!vpc.subnets?.length) throw new AwsError('InvalidParameterException', 'subnets can not be empty.')
  vpc.subnets.forEach(checkSubnet)
  vpc.securityGroups?.forEach(checkSecurityGroup)
}

// Text by analogy with that of a subnet: not seen from ECS.
function checkSecurityGroup(id: string): void {
  if (!/^sg-([0-9a-f]{8}|[0-9a-f]{17})$/.test(id))
    throw new AwsError(
      'InvalidParameterException',
      `Error retrieving security group information for [${id}]: The security group '${id}' does not exist (ErrorCode: InvalidGroup.NotFound)`,
    )
}
