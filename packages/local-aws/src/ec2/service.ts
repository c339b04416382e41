/**
 * The part of EC2 that shows the network of tasks. Clients describe a task's network interface to find its public
 * address. There is only the default VPC, and it cannot be changed.
 */
import { partitionOf } from '@ecs-api/ecs-model'
import type { Network } from '../ecs/service.ts'
import { AwsError } from '../protocol/aws-error.ts'
import type { QueryService } from '../protocol/aws-query.ts'
import { describeResources } from './describe.ts'
import { networkInterfaceKind } from './network-interfaces.ts'
import { numberedValues } from './parameters.ts'
import { findGroupsByName, securityGroupKind } from './security-groups.ts'
import { subnetKind } from './subnets.ts'
import { vpcKind, vpcOf } from './vpc.ts'

/** The parameter `Version` of EC2's requests. */
export const ec2Version = '2016-11-15'

export const ec2Actions = ['DescribeNetworkInterfaces', 'DescribeSecurityGroups', 'DescribeSubnets', 'DescribeVpcs']

export interface Ec2Deps {
  network: (account: string, region: string) => Network
}

export function createEc2Service({ network }: Ec2Deps): QueryService {
  return {
    dialect: 'ec2',
    namespace: `http://ec2.amazonaws.com/doc/${ec2Version}/`,
    async handleCall(action, parameters, { account, region }) {
      if (!ec2Actions.includes(action))
        throw new AwsError('UnknownOperationException', `This engine does not have the action ${action} of Amazon EC2.`)
      if (parameters.get('DryRun') === 'true')
        throw new AwsError('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', { status: 412 })
      const tasksNetwork = network(account, region)
      const vpc = vpcOf(account, region, tasksNetwork)
      switch (action) {
        case 'DescribeNetworkInterfaces':
          return describeResources(tasksNetwork.interfaces, parameters, networkInterfaceKind(vpc))
        case 'DescribeVpcs':
          return describeResources([vpc], parameters, vpcKind)
        case 'DescribeSubnets':
          return describeResources(tasksNetwork.subnets, parameters, subnetKind(vpc, partitionOf(region)))
        default:
          return describeResources(
            findGroupsByName(tasksNetwork, vpc, numberedValues(parameters, 'GroupName')),
            parameters,
            securityGroupKind(vpc),
          )
      }
    },
  }
}
