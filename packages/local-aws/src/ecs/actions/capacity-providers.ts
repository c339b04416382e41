/**
 * Capacity providers. FARGATE and FARGATE_SPOT are built in. The account's own providers are records only: this engine
 * has no instances that they could provide.
 */
import type {
  AutoScalingGroupProvider,
  CreateCapacityProviderRequest,
  CreateCapacityProviderResponse,
  DeleteCapacityProviderRequest,
  DeleteCapacityProviderResponse,
  DescribeCapacityProvidersRequest,
  DescribeCapacityProvidersResponse,
  ManagedInstancesProvider,
  ManagedScaling,
  UpdateCapacityProviderRequest,
  UpdateCapacityProviderResponse,
  UpdateManagedInstancesProviderConfiguration,
} from '@aws-sdk/client-ecs'
import { type AwsJson, ecsArn } from '@ecs-api/ecs-model'
import { AwsError } from '../../protocol/aws-error.ts'
import { pageOfList } from '../../protocol/pages.ts'
import type { CapacityProviderRecord } from '../records/cluster-record.ts'
import type { EcsTables } from '../records/ecs-tables.ts'
import type { ActionContext, Actions } from './action.ts'
import { builtInProviders, findCapacityProvider, providerNameIn } from './capacity-provider-reference.ts'
import { clusterArnOf, getActiveCluster } from './cluster-reference.ts'
import { checkTags } from './tag-rules.ts'

export const capacityProviderActions = {
  CreateCapacityProvider: createCapacityProvider,
  DescribeCapacityProviders: describeCapacityProviders,
  UpdateCapacityProvider: updateCapacityProvider,
  DeleteCapacityProvider: deleteCapacityProvider,
} satisfies Actions

/** Defaults that ECS fills in (Terraform's acceptance tests, aws_ecs_capacity_provider). */
const scalingDefaults = {
  status: 'DISABLED',
  targetCapacity: 100,
  minimumScalingStepSize: 1,
  maximumScalingStepSize: 10_000,
  instanceWarmupPeriod: 300,
} as const

function createCapacityProvider(
  { ecsTables }: ActionContext,
  input: AwsJson<CreateCapacityProviderRequest>,
): AwsJson<CreateCapacityProviderResponse> {
  const { name = '', autoScalingGroupProvider, managedInstancesProvider, tags = [] } = input
  if (!/^(?!aws|ecs|fargate)[\w-]{1,255}$/i.test(name))
    throw new AwsError(
      'ClientException',
      'The specified capacity provider name is invalid. Up to 255 characters are allowed, including letters (upper and lowercase), numbers, underscores, and hyphens. The name cannot be prefixed with "aws", "ecs", or "fargate". Specify a valid name and try again.',
    )
  if ((autoScalingGroupProvider === undefined) === (managedInstancesProvider === undefined))
    throw new AwsError(
      'InvalidParameterException',
      'Exactly one of autoScalingGroupProvider and managedInstancesProvider must be given.',
    )
  checkScalingSteps(autoScalingGroupProvider?.managedScaling)
  checkTags(tags)
  if ((ecsTables.capacityProviders.get(name)?.status ?? 'INACTIVE') !== 'INACTIVE')
    throw new AwsError(
      'ClientException',
      'The specified capacity provider already exists. To change the configuration of an existing capacity provider, update the capacity provider.',
    )
  const provider: CapacityProviderRecord = {
    capacityProviderArn: ecsArn(ecsTables, 'capacity-provider', name),
    name,
    status: 'ACTIVE',
    type: managedInstancesProvider ? 'MANAGED_INSTANCES' : 'EC2_AUTOSCALING',
    ...(input.cluster !== undefined && {
      cluster: clusterArnOf(ecsTables, getActiveCluster(ecsTables, input.cluster).clusterName),
    }),
    ...(autoScalingGroupProvider && { autoScalingGroupProvider: autoScalingWithDefaults(autoScalingGroupProvider) }),
    ...(managedInstancesProvider && { managedInstancesProvider }),
    tags,
  }
  ecsTables.capacityProviders.set(name, provider)
  return { capacityProvider: provider }
}

function autoScalingWithDefaults(given: AwsJson<AutoScalingGroupProvider>): AwsJson<AutoScalingGroupProvider> {
  return {
    managedTerminationProtection: 'DISABLED',
    managedDraining: 'ENABLED',
    ...given,
    managedScaling: { ...scalingDefaults, ...given.managedScaling },
  }
}

/**
 * The source of the rule is cdk-preflight (pf-ecs-cp-scaling-step-order). The defaults are from the API Reference
 * (ManagedScaling).
 * @throws AwsError ClientException when the minimum step is larger than the maximum step.
 */
function checkScalingSteps({
  minimumScalingStepSize: min = 1,
  maximumScalingStepSize: max = 10_000,
}: AwsJson<ManagedScaling> = {}): void {
  if (min > max)
    throw new AwsError(
      'ClientException',
      'The minimum or maximum scaling step size value is invalid. Specify a minimum scaling step size value that is less than or equal to the maximum scaling step size value and try again.',
    )
}

function describeCapacityProviders(
  { ecsTables }: ActionContext,
  input: AwsJson<DescribeCapacityProvidersRequest>,
): AwsJson<DescribeCapacityProvidersResponse> {
  const { capacityProviders: references, include = [] } = input
  const cluster = input.cluster === undefined ? undefined : getActiveCluster(ecsTables, input.cluster)
  const customNames = [...ecsTables.capacityProviders.values()]
    .filter(({ status }) => status !== 'INACTIVE')
    .map(({ name }) => name)
  const requested = references ?? cluster?.capacityProviders ?? [...builtInProviders, ...customNames]
  const found = [
    ...new Map(
      requested
        .flatMap((reference) => findCapacityProvider(ecsTables, reference) ?? [])
        .map((provider) => [provider.name, provider]),
    ).values(),
  ]
  const { items, nextToken } = pageOfList(found, input, { keyOf: ({ name }) => name, defaultSize: 10, maxSize: 10 })
  return {
    capacityProviders: items.map((provider) => ({ ...provider, tags: include.includes('TAGS') ? provider.tags : [] })),
    failures: requested
      .filter((reference) => !findCapacityProvider(ecsTables, reference))
      .map((reference) => missingFailure(ecsTables, reference)),
    nextToken,
  }
}

function missingFailure(ecsTables: EcsTables, reference: string): { arn: string; reason: string } {
  return {
    arn: reference.startsWith('arn:') ? reference : ecsArn(ecsTables, 'capacity-provider', reference),
    reason: 'MISSING',
  }
}

function updateCapacityProvider(
  { ecsTables }: ActionContext,
  input: AwsJson<UpdateCapacityProviderRequest>,
): AwsJson<UpdateCapacityProviderResponse> {
  if (input.cluster !== undefined) getActiveCluster(ecsTables, input.cluster)
  const provider = getCustomProvider(ecsTables, input.name ?? '')
  const { autoScalingGroupProvider: scaling, managedInstancesProvider: instances } = input
  if ((scaling && !provider.autoScalingGroupProvider) || (instances && !provider.managedInstancesProvider))
    throw new AwsError('InvalidParameterException', 'The type of a capacity provider cannot be changed.')
  checkScalingSteps({ ...provider.autoScalingGroupProvider?.managedScaling, ...scaling?.managedScaling })
  const changed: CapacityProviderRecord = {
    ...provider,
    ...(provider.autoScalingGroupProvider && {
      autoScalingGroupProvider: {
        ...provider.autoScalingGroupProvider,
        ...scaling,
        managedScaling: { ...provider.autoScalingGroupProvider.managedScaling, ...scaling?.managedScaling },
      },
    }),
    ...(provider.managedInstancesProvider && {
      managedInstancesProvider: mergedInstancesProvider(provider.managedInstancesProvider, instances),
    }),
    updateStatus: 'UPDATE_COMPLETE',
  }
  ecsTables.capacityProviders.set(provider.name, changed)
  return { capacityProvider: changed }
}

type Instances = AwsJson<ManagedInstancesProvider>

function mergedInstancesProvider(
  stored: Instances,
  given: AwsJson<UpdateManagedInstancesProviderConfiguration> | undefined,
): Instances {
  const { instanceLaunchTemplate: template } = stored
  const changed = template && given?.instanceLaunchTemplate && { ...template, ...given.instanceLaunchTemplate }
  return { ...stored, ...given, instanceLaunchTemplate: changed ?? template }
}

/** The response comes before the deletion has finished (AWS CLI examples, delete-capacity-provider). */
function deleteCapacityProvider(
  { ecsTables, delayedWork }: ActionContext,
  input: AwsJson<DeleteCapacityProviderRequest>,
): AwsJson<DeleteCapacityProviderResponse> {
  const provider = getCustomProvider(ecsTables, input.capacityProvider ?? '')
  const usingClusters = [...ecsTables.clusters.values()].filter(
    ({ status, capacityProviders }) => status !== 'INACTIVE' && capacityProviders?.includes(provider.name),
  )
  if (usingClusters.length > 0)
    throw new AwsError(
      'ClientException',
      `The capacity provider cannot be deleted because it is associated with cluster: ${usingClusters.map(({ clusterName }) => clusterName).join(', ')}. Remove the capacity provider from the cluster and try again.`,
    )
  const deleting: CapacityProviderRecord = { ...provider, updateStatus: 'DELETE_IN_PROGRESS' }
  ecsTables.capacityProviders.set(provider.name, deleting)
  delayedWork.finishLater(() => finishProviderDeletion(ecsTables, provider.name))
  return { capacityProvider: { ...deleting, tags: [] } }
}

/**
 * Finishes a deletion. The provider stays stored as INACTIVE (API Reference, CapacityProvider.updateStatus) until a new
 * provider takes its name.
 */
export function finishProviderDeletion({ capacityProviders }: EcsTables, name: string): void {
  const provider = capacityProviders.get(name)
  if (provider?.updateStatus === 'DELETE_IN_PROGRESS')
    capacityProviders.set(name, { ...provider, status: 'INACTIVE', updateStatus: 'DELETE_COMPLETE' })
}

/**
 * A provider that the account created. Requests can change it, unlike the built-in ones.
 * @throws AwsError ClientException for a built-in provider, and for one that does not exist.
 */
function getCustomProvider(ecsTables: EcsTables, reference: string): CapacityProviderRecord {
  const name = providerNameIn(ecsTables, reference)
  if (builtInProviders.some((builtIn) => builtIn === name))
    throw new AwsError('ClientException', `The capacity provider ${name} is reserved and cannot be changed or deleted.`)
  const provider = name === undefined ? undefined : ecsTables.capacityProviders.get(name)
  if (!provider || provider.status === 'INACTIVE')
    throw new AwsError(
      'ClientException',
      'The specified capacity provider does not exist. Specify a valid name or ARN and try again.',
    )
  return provider
}
