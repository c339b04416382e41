/** Capacity providers: FARGATE and FARGATE_SPOT are built in; the account's own are records, as there are no instances here to provide. */
import type {
  CreateCapacityProviderRequest,
  CreateCapacityProviderResponse,
  DeleteCapacityProviderRequest,
  DeleteCapacityProviderResponse,
  DescribeCapacityProvidersRequest,
  DescribeCapacityProvidersResponse,
  ManagedInstancesProvider,
  UpdateCapacityProviderRequest,
  UpdateCapacityProviderResponse,
  UpdateManagedInstancesProviderConfiguration,
} from '@aws-sdk/client-ecs'
import { ecsArn, type Wire } from '@ecs-api/ecs-model'
import { AwsError } from '../protocol/aws-error.ts'
import { pageOf } from '../protocol/pages.ts'
import type { ActionContext, Actions } from './action.ts'
import { builtInProviders, findCapacityProvider, providerName } from './capacity-provider-reference.ts'
import type { CapacityProviderRecord } from './cluster-record.ts'
import { clusterArn, findActiveCluster } from './cluster-reference.ts'
import { checkTags } from './tag-rules.ts'
import type { World } from './world.ts'

export const capacityProviderActions = {
  CreateCapacityProvider: createCapacityProvider,
  DescribeCapacityProviders: describeCapacityProviders,
  UpdateCapacityProvider: updateCapacityProvider,
  DeleteCapacityProvider: deleteCapacityProvider,
} satisfies Actions

function createCapacityProvider({ world }: ActionContext, input: Wire<CreateCapacityProviderRequest>): Wire<CreateCapacityProviderResponse> {
  const { name = '', autoScalingGroupProvider, managedInstancesProvider, tags = [] } = input
  if (!/^(?!aws|ecs|fargate)[\w-]{1,255}$/i.test(name))
    throw new AwsError(
      'ClientException',
      'The specified capacity provider name is invalid. Up to 255 characters are allowed, including letters (upper and lowercase), numbers, underscores (_), and hyphens (-). The name cannot be prefixed with "aws", "ecs", or "fargate". Specify a valid name and try again.',
    )
  if ((autoScalingGroupProvider === undefined) === (managedInstancesProvider === undefined))
    throw new AwsError('InvalidParameterException', 'Exactly one of autoScalingGroupProvider and managedInstancesProvider must be given.')
  checkTags(tags)
  if (world.capacityProviders.get(name))
    throw new AwsError(
      'ClientException',
      'The specified capacity provider already exists. To change the configuration of an existing capacity provider, update the capacity provider.',
    )
  const provider: CapacityProviderRecord = {
    capacityProviderArn: ecsArn(world, 'capacity-provider', name),
    name,
    status: 'ACTIVE',
    type: managedInstancesProvider ? 'MANAGED_INSTANCES' : 'EC2_AUTOSCALING',
    ...(input.cluster !== undefined && { cluster: clusterArn(world, findActiveCluster(world, input.cluster).clusterName) }),
    ...(autoScalingGroupProvider && { autoScalingGroupProvider }),
    ...(managedInstancesProvider && { managedInstancesProvider }),
    tags,
  }
  world.capacityProviders.set(name, provider)
  return { capacityProvider: provider }
}

function describeCapacityProviders({ world }: ActionContext, input: Wire<DescribeCapacityProvidersRequest>): Wire<DescribeCapacityProvidersResponse> {
  const { capacityProviders: references, include = [] } = input
  const cluster = input.cluster === undefined ? undefined : findActiveCluster(world, input.cluster)
  const wanted = references ?? cluster?.capacityProviders ?? [...builtInProviders, ...[...world.capacityProviders.values()].map(({ name }) => name)]
  const found = [...new Map(wanted.flatMap((reference) => findCapacityProvider(world, reference) ?? []).map((one) => [one.name, one])).values()]
  const { items, nextToken } = pageOf(found, input, { keyOf: ({ name }) => name, size: 10, most: 10 })
  return {
    capacityProviders: items.map((provider) => ({ ...provider, tags: include.includes('TAGS') ? provider.tags : [] })),
    failures: wanted.filter((reference) => !findCapacityProvider(world, reference)).map((reference) => missing(world, reference)),
    nextToken,
  }
}

function missing(world: World, reference: string): { arn: string; reason: string } {
  return { arn: reference.startsWith('arn:') ? reference : ecsArn(world, 'capacity-provider', reference), reason: 'MISSING' }
}

function updateCapacityProvider({ world }: ActionContext, input: Wire<UpdateCapacityProviderRequest>): Wire<UpdateCapacityProviderResponse> {
  if (input.cluster !== undefined) findActiveCluster(world, input.cluster)
  const provider = ownProvider(world, input.name ?? '')
  const { autoScalingGroupProvider: scaling, managedInstancesProvider: instances } = input
  if ((scaling && !provider.autoScalingGroupProvider) || (instances && !provider.managedInstancesProvider))
    throw new AwsError('InvalidParameterException', 'The type of a capacity provider cannot be changed.')
  const changed: CapacityProviderRecord = {
    ...provider,
    ...(provider.autoScalingGroupProvider && { autoScalingGroupProvider: { ...provider.autoScalingGroupProvider, ...scaling } }),
    ...(provider.managedInstancesProvider && { managedInstancesProvider: withInstances(provider.managedInstancesProvider, instances) }),
    updateStatus: 'UPDATE_COMPLETE',
  }
  world.capacityProviders.set(provider.name, changed)
  return { capacityProvider: changed }
}

type Instances = Wire<ManagedInstancesProvider>

function withInstances(present: Instances, given: Wire<UpdateManagedInstancesProviderConfiguration> | undefined): Instances {
  const { instanceLaunchTemplate: template } = present
  const changed = template && given?.instanceLaunchTemplate && { ...template, ...given.instanceLaunchTemplate }
  return { ...present, ...given, instanceLaunchTemplate: changed ?? template }
}

function deleteCapacityProvider({ world }: ActionContext, input: Wire<DeleteCapacityProviderRequest>): Wire<DeleteCapacityProviderResponse> {
  const provider = ownProvider(world, input.capacityProvider ?? '')
  const users = [...world.clusters.values()].filter(
    ({ status, capacityProviders }) => status === 'ACTIVE' && capacityProviders?.includes(provider.name),
  )
  if (users.length > 0)
    throw new AwsError(
      'ClientException',
      `The capacity provider cannot be deleted because it is associated with cluster: ${users.map(({ clusterName }) => clusterName).join(', ')}. Remove the capacity provider from the cluster and try again.`,
    )
  world.capacityProviders.delete(provider.name)
  return { capacityProvider: { ...provider, status: 'INACTIVE', updateStatus: 'DELETE_COMPLETE' } }
}

function ownProvider(world: World, reference: string): CapacityProviderRecord {
  const name = providerName(world, reference)
  if (builtInProviders.some((builtIn) => builtIn === name))
    throw new AwsError('ClientException', `The capacity provider ${name} is reserved and cannot be changed or deleted.`)
  const provider = name === undefined ? undefined : world.capacityProviders.get(name)
  if (!provider) throw new AwsError('ClientException', 'The specified capacity provider does not exist. Specify a valid name or ARN and try again.')
  return provider
}
