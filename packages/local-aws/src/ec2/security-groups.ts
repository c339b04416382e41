/** Security groups: the default group, and the groups that tasks and services name. Their rules have no effect. */
import type { Network } from '../ecs/service.ts'
import { AwsError } from '../protocol/aws-error.ts'
import type { XmlMembers } from '../protocol/aws-query.ts'
import type { ResourceKind } from './describe.ts'
import type { Vpc } from './vpc.ts'

export interface SecurityGroup {
  id: string
  name: string
}

export function securityGroupOf(id: string, { defaultGroupId }: Vpc): SecurityGroup {
  return { id, name: id === defaultGroupId ? 'default' : id }
}

/**
 * All groups of the VPC, or those with these names.
 * @throws AwsError when a name does not exist.
 */
export function findGroupsByName({ securityGroups }: Network, vpc: Vpc, names: readonly string[]): SecurityGroup[] {
  const all = [...new Set([vpc.defaultGroupId, ...securityGroups])].map((id) => securityGroupOf(id, vpc))
  const missing = names.find((requested) => !all.some(({ name }) => name === requested))
  if (missing !== undefined)
    throw new AwsError(
      'InvalidGroup.NotFound',
      `The security group '${missing}' does not exist in default VPC '${vpc.id}'`,
    )
  return names.length === 0 ? all : all.filter(({ name }) => names.includes(name))
}

export function securityGroupKind({ id: vpc, owner, defaultGroupId }: Vpc): ResourceKind<SecurityGroup> {
  const description = ({ id }: SecurityGroup) =>
    id === defaultGroupId ? 'default VPC security group' : 'Named by tasks or services'
  return {
    listName: 'securityGroupInfo',
    idParameter: 'GroupId',
    idOf: ({ id }) => id,
    idPattern: /^sg-([0-9a-f]{8}|[0-9a-f]{17})$/,
    malformedIdCode: 'InvalidGroupId.Malformed',
    notFoundCode: 'InvalidGroup.NotFound',
    nounsForUnknownIds: ['security group', 'security groups'],
    filters: {
      description: (group) => [description(group)],
      'group-id': ({ id }) => [id],
      'group-name': ({ name }) => [name],
      'owner-id': () => [owner],
      'vpc-id': () => [vpc],
    },
    toXml: (group) => ({
      groupId: group.id,
      groupName: group.name,
      groupDescription: description(group),
      vpcId: vpc,
      ownerId: owner,
      ipPermissions: [allTraffic],
      ipPermissionsEgress: [allTraffic],
    }),
  }
}

/** The rule of every group: all traffic, from and to everywhere. */
const allTraffic: XmlMembers = { ipProtocol: '-1', ipRanges: [{ cidrIp: '0.0.0.0/0' }] }
