/** Where tasks run when nothing is said: on Fargate, in the account's default subnets. For services and tasks alike. */
import type { CapacityProviderStrategyItem, NetworkConfiguration } from '@aws-sdk/client-ecs'
import type { Account } from '../aws/account.ts'
import type { Body } from '../shapes/body.ts'
import { getCluster } from './get.ts'

interface Placement {
  launchType?: string
  capacityProviderStrategy?: CapacityProviderStrategyItem[]
  networkConfiguration?: NetworkConfiguration
}

/** The input with Fargate and the account's network where it names none; adds a fault for what isn't Fargate. */
export async function placed(
  account: Account,
  cluster: string,
  { input, refuse }: Body,
): Promise<Record<string, unknown>> {
  const given: Placement = input
  if (given.launchType !== undefined && given.launchType !== 'FARGATE')
    refuse(['launchType'], `only FARGATE is offered here, not ${given.launchType}`)
  const result: Record<string, unknown> = { ...input }
  if (given.launchType === undefined && !given.capacityProviderStrategy?.length) {
    // ECS takes the cluster's default strategy only when neither is given; its own default launch type is EC2.
    const { defaultCapacityProviderStrategy } = await getCluster(account, cluster)
    if (!defaultCapacityProviderStrategy?.length) result.launchType = 'FARGATE'
  }
  const network = withDefaultNetwork(account, given.networkConfiguration)
  if (network) result.networkConfiguration = network
  return result
}

function withDefaultNetwork(
  account: Account,
  given: NetworkConfiguration | undefined,
): NetworkConfiguration | undefined {
  const { subnets, securityGroups } = account.defaults
  const vpc = given?.awsvpcConfiguration
  if (vpc?.subnets !== undefined || !subnets) return given
  return {
    awsvpcConfiguration: {
      ...vpc,
      subnets: [...subnets],
      // Security groups belong to the VPC of the subnets: the account's go with the account's subnets only.
      ...(vpc?.securityGroups === undefined && securityGroups && { securityGroups: [...securityGroups] }),
    },
  }
}
