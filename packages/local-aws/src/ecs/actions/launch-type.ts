/**
 * The capacity on which tasks run: a launch type or a capacity provider strategy. RunTask, CreateService and
 * UpdateService share the choice and the checks.
 */
import type { CapacityProviderStrategyItem, NetworkConfiguration } from '@aws-sdk/client-ecs'
import { type AwsJson, parseArn, shortName } from '@ecs-api/ecs-model'
import { AwsError } from '../../protocol/aws-error.ts'
import type { ClusterRecord } from '../records/cluster-record.ts'
import type { TaskDefinitionRecord } from '../records/task-definition-record.ts'
import { builtInProviders, checkStrategyAssociated, strategyWithDefaults } from './capacity-provider-reference.ts'

export interface Capacity {
  launchType?: 'FARGATE' | 'EC2'
  /** Its items name providers without ARN and have ECS's defaults. Empty where `launchType` applies. */
  strategy: AwsJson<CapacityProviderStrategyItem>[]
}

/**
 * Chooses the capacity: the request's strategy or launch type, else the cluster's default strategy, else EC2.
 * @throws AwsError InvalidParameterException for a strategy that ECS rejects, UnsupportedFeatureException for capacity
 * that this engine does not have.
 */
export function chooseCapacity(
  cluster: ClusterRecord,
  {
    launchType,
    capacityProviderStrategy,
  }: {
    launchType?: string | undefined
    capacityProviderStrategy?: AwsJson<CapacityProviderStrategyItem>[] | undefined
  },
): Capacity {
  if (launchType !== undefined && (capacityProviderStrategy === undefined || capacityProviderStrategy.length === 0)) {
    if (launchType === 'FARGATE' || launchType === 'EC2') return { launchType, strategy: [] }
    throw new AwsError('UnsupportedFeatureException', `This engine does not have the launch type ${launchType}.`)
  }
  const givenStrategy = capacityProviderStrategy?.length
    ? capacityProviderStrategy
    : (cluster.defaultCapacityProviderStrategy ?? [])
  if (givenStrategy.length === 0) return { launchType: 'EC2', strategy: [] }
  if (!capacityProviderStrategy?.length && givenStrategy.every(({ weight = 0 }) => weight === 0))
    throw defaultStrategyWithoutWeight()
  checkStrategyAssociated(parseArn(cluster.clusterArn)!, givenStrategy, cluster.capacityProviders ?? [])
  const strategy = strategyWithDefaults(givenStrategy).map((item) => ({
    ...item,
    capacityProvider: shortName(item.capacityProvider ?? ''),
  }))
  const unsupported = strategy.find(
    ({ capacityProvider }) => !builtInProviders.some((name) => name === capacityProvider),
  )
  if (unsupported)
    throw new AwsError(
      'UnsupportedFeatureException',
      `This engine runs tasks on FARGATE and FARGATE_SPOT only, not on ${unsupported.capacityProvider}.`,
    )
  return { strategy }
}

// The text is from terraform-aws-modules/terraform-aws-ecs#27.
function defaultStrategyWithoutWeight(): AwsError {
  return new AwsError(
    'InvalidParameterException',
    "There are no capacity providers with a weight value greater than zero defined in the default capacity provider strategy. At least one capacity provider must have a weight value greater than zero specified. Update the cluster's default capacity provider strategy or specify a valid capacity provider strategy and try again.",
  )
}

/** @throws AwsError InvalidParameterException when the definition cannot run on this capacity or in this network. */
export function checkCanRunOn(
  definition: TaskDefinitionRecord,
  { launchType, strategy }: Capacity,
  network: AwsJson<NetworkConfiguration> | undefined,
): void {
  const isOnFargate = strategy.length > 0 || launchType === 'FARGATE'
  if (isOnFargate && !definition.compatibilities?.includes('FARGATE'))
    throw new AwsError('InvalidParameterException', 'Task definition does not support launch_type FARGATE.')
  const vpc = network?.awsvpcConfiguration
  // ECS refuses this even in a cluster without EC2 instances (AWS response recorded as execution 23).
  if (!isOnFargate && vpc?.assignPublicIp === 'ENABLED')
    throw new AwsError('InvalidParameterException', 'Assign public IP is not supported for this launch type.')
  if (definition.networkMode === 'awsvpc' && !vpc)
    throw new AwsError(
      'InvalidParameterException',
      "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
    )
  if (vpc && !vpc.subnets?.length) throw new AwsError('InvalidParameterException', 'subnets can not be empty.')
}
