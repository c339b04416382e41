/**
 * The part of EC2 that shows the network of tasks: to find a task's public address, clients describe its network
 * interface. There is only the default VPC, and it cannot be changed.
 */
import { partitionOf } from '@ecs-api/ecs-model'
import type { Network } from '../ecs/service.ts'
import { AwsError } from '../protocol/aws-error.ts'
import type { QueryService } from '../protocol/aws-query.ts'
import { describe } from './describe.ts'
import { networkInterfaces } from './network-interfaces.ts'
import { numberedValues } from './parameters.ts'
import { namedGroups, securityGroups } from './security-groups.ts'
import { subnets } from './subnets.ts'
import { vpcOf, vpcs } from './vpc.ts'

/** The parameter `Version` of EC2's requests. */
export const ec2Version = '2016-11-15'

export const ec2Actions = ['DescribeNetworkInterfaces', 'DescribeSecurityGroups', 'DescribeSubnets', 'DescribeVpcs']

export interface Ec2Deps {
  network: (account: string, region: string) => Network
}

export function ec2Service({ network }: Ec2Deps): QueryService {
  return {
    dialect: 'ec2',
    namespace: `http://ec2.amazonaws.com/doc/${ec2Version}/`,
    async call(action, parameters, { account, region }) {
      if (!ec2Actions.includes(action))
        throw new AwsError('UnknownOperationException', `This engine does not have the action ${action} of Amazon EC2.`)
      if (parameters.get('DryRun') === 'true')
        throw new AwsError('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', { status: 412 })
      const tasksNetwork = network(account, region)
      const vpc = vpcOf(account, region, tasksNetwork)
      switch (action) {
        case 'DescribeNetworkInterfaces':
          return describe(tasksNetwork.interfaces, parameters, networkInterfaces(vpc))
        case 'DescribeVpcs':
          return describe([vpc], parameters, vpcs)
        case 'DescribeSubnets':
          return describe(tasksNetwork.subnets, parameters, subnets(vpc, partitionOf(region)))
        default:
          return describe(
            namedGroups(tasksNetwork, vpc, numberedValues(parameters, 'GroupName')),
            parameters,
            securityGroups(vpc),
          )
      }
    },
  }
}
