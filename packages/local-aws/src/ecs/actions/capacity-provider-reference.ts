/** Finds the capacity providers that a request refers to, and checks capacity provider strategies. */
import type { CapacityProviderStrategyItem } from '@aws-sdk/client-ecs'
import type { AwsJson } from '@ecs-api/ecs-model'
import { type ArnScope, differingArnPart, ecsArn, shortName } from '@ecs-api/ecs-model'
import { AwsError } from '../../protocol/aws-error.ts'
import type { CapacityProviderRecord } from '../records/cluster-record.ts'
import type { EcsTables } from '../records/ecs-tables.ts'

export const builtInProviders = ['FARGATE', 'FARGATE_SPOT'] as const

/**
 * Finds a provider by name or ARN. A deleted provider is found too, as INACTIVE. FARGATE and FARGATE_SPOT exist in
 * every account.
 */
export function findCapacityProvider(ecsTables: EcsTables, reference: string): CapacityProviderRecord | undefined {
  const name = providerNameIn(ecsTables, reference)
  const builtIn = builtInProviders.find((provider) => provider === name)
  if (!builtIn) return name === undefined ? undefined : ecsTables.capacityProviders.get(name)
  return {
    capacityProviderArn: ecsArn(ecsTables, 'capacity-provider', builtIn),
    name: builtIn,
    status: 'ACTIVE',
    type: builtIn,
    tags: [],
  }
}

/**
 * The name of this account's provider that a name or ARN refers to. Undefined for an ARN of another account, Region or
 * kind.
 */
export function providerNameIn(scope: ArnScope, reference: string): string | undefined {
  if (!reference.startsWith('arn:')) return reference
  return differingArnPart(reference, 'capacity-provider', scope) === undefined ? shortName(reference) : undefined
}

/**
 * @throws AwsError InvalidParameterException when a provider does not exist or was deleted. Its message is that of
 * DescribeCapacityProviders, from users' reports; the messages of other actions are not known.
 */
export function checkProvidersExist(ecsTables: EcsTables, references: readonly string[]): void {
  for (const reference of references)
    if ((findCapacityProvider(ecsTables, reference)?.status ?? 'INACTIVE') === 'INACTIVE')
      throw new AwsError(
        'InvalidParameterException',
        'The specified capacity provider does not exist. Specify a valid name or ARN and try again.',
      )
}

/** The strategy with ECS's defaults: weight 0 and base 0 (API Reference, CapacityProviderStrategyItem). */
export function strategyWithDefaults(
  strategy: readonly AwsJson<CapacityProviderStrategyItem>[],
): AwsJson<CapacityProviderStrategyItem>[] {
  return strategy.map(({ capacityProvider, weight = 0, base = 0 }) => ({ capacityProvider, weight, base }))
}

/** @throws AwsError InvalidParameterException when the strategy names a provider that the cluster does not have. */
export function checkStrategyAssociated(
  scope: ArnScope,
  strategy: readonly AwsJson<CapacityProviderStrategyItem>[],
  associatedProviders: readonly string[],
): void {
  const names = new Set<string | undefined>(associatedProviders.map(shortName))
  if (strategy.every(({ capacityProvider = '' }) => names.has(providerNameIn(scope, capacityProvider)))) return
  throw new AwsError(
    'InvalidParameterException',
    'The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster. Associate the capacity provider with the cluster or specify a valid capacity provider and try again.',
  )
}
