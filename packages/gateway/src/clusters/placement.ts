/** The default placement of services and tasks: on Fargate, in the account's default subnets. */
import type { CapacityProviderStrategyItem, NetworkConfiguration } from '@aws-sdk/client-ecs'
import type { Account } from '../aws/account.ts'
import type { Body } from '../shapes/body.ts'
import { getCluster } from './get.ts'

interface Placement {
  launchType?: string
  capacityProviderStrategy?: CapacityProviderStrategyItem[]
  networkConfiguration?: NetworkConfiguration
}

/**
 * Returns the body's input, with Fargate and the account's default network where the input does not set them. Adds an
 * error for another launch type than FARGATE.
 */
export async function withPlacement(
  account: Account,
  cluster: string,
  { input, addError }: Body,
): Promise<Record<string, unknown>> {
  const placement: Placement = input
  if (placement.launchType !== undefined && placement.launchType !== 'FARGATE')
    addError(
      ['launchType'],
      `launchType must be FARGATE, not ${placement.launchType}: the gateway supports Fargate only`,
    )
  const result: Record<string, unknown> = { ...input }
  if (placement.launchType === undefined && !placement.capacityProviderStrategy?.length) {
    // ECS uses the cluster's default strategy only when both fields are absent. Without a strategy it would use EC2.
    const { defaultCapacityProviderStrategy } = await getCluster(account, cluster)
    if (!defaultCapacityProviderStrategy?.length) result.launchType = 'FARGATE'
  }
  const network = withDefaultNetwork(account, placement.networkConfiguration)
  if (network) result.networkConfiguration = network
  return result
}

function withDefaultNetwork(
  account: Account,
  network: NetworkConfiguration | undefined,
): NetworkConfiguration | undefined {
  const { subnets, securityGroups } = account.defaults
  const vpc = network?.awsvpcConfiguration
  if (vpc?.subnets !== undefined || !subnets) return network
  return {
    awsvpcConfiguration: {
      ...vpc,
      subnets: [...subnets],
      // Security groups belong to the VPC of the subnets, so the account's groups fit only the account's subnets.
      ...(vpc?.securityGroups === undefined && securityGroups && { securityGroups: [...securityGroups] }),
    },
  }
}
