/** The network interfaces of tasks, in the form that EC2 shows for tasks on Fargate. */
import type { TaskNetworkInterface } from '../ecs/service.ts'
import type { XmlMembers } from '../protocol/aws-query.ts'
import type { ResourceKind } from './describe.ts'
import { securityGroupOf } from './security-groups.ts'
import type { Vpc } from './vpc.ts'

export function networkInterfaceKind(vpc: Vpc): ResourceKind<TaskNetworkInterface> {
  const groupsOf = ({ securityGroups }: TaskNetworkInterface) =>
    (securityGroups.length > 0 ? securityGroups : [vpc.defaultGroupId]).map((id) => securityGroupOf(id, vpc))
  return {
    listName: 'networkInterfaceSet',
    idParameter: 'NetworkInterfaceId',
    idOf: ({ id }) => id,
    idPattern: /^eni-([0-9a-f]{8}|[0-9a-f]{17})$/,
    malformedIdCode: 'InvalidNetworkInterfaceId.Malformed',
    notFoundCode: 'InvalidNetworkInterfaceID.NotFound',
    nounsForUnknownIds: ['networkInterface ID', 'networkInterface IDs'],
    filters: {
      'addresses.association.public-ip': ({ publicAddress }) => [publicAddress],
      'addresses.primary': () => [true],
      'addresses.private-ip-address': ({ address }) => [address],
      'association.public-dns-name': (taskInterface) => [publicDnsName(taskInterface, vpc)],
      'association.public-ip': ({ publicAddress }) => [publicAddress],
      'attachment.status': () => ['attached'],
      'availability-zone': ({ availabilityZone }) => [availabilityZone],
      description: ({ attachmentArn }) => [attachmentArn],
      'group-id': (taskInterface) => groupsOf(taskInterface).map(({ id }) => id),
      'group-name': (taskInterface) => groupsOf(taskInterface).map(({ name }) => name),
      'interface-type': () => ['interface'],
      'mac-address': ({ macAddress }) => [macAddress],
      'network-interface-id': ({ id }) => [id],
      'owner-id': () => [vpc.owner],
      'private-dns-name': ({ privateDnsName }) => [privateDnsName],
      'private-ip-address': ({ address }) => [address],
      'requester-managed': () => [true],
      'source-dest-check': () => [true],
      status: () => ['in-use'],
      'subnet-id': ({ subnetId }) => [subnetId],
      'vpc-id': () => [vpc.id],
    },
    toXml: (taskInterface) => {
      const { id, subnetId, availabilityZone, attachmentArn, address, macAddress, privateDnsName, attachedAt } =
        taskInterface
      const association = associationOf(taskInterface, vpc)
      return {
        networkInterfaceId: id,
        subnetId,
        vpcId: vpc.id,
        availabilityZone,
        description: attachmentArn,
        ownerId: vpc.owner,
        requesterManaged: true,
        status: 'in-use',
        macAddress,
        privateIpAddress: address,
        privateDnsName,
        sourceDestCheck: true,
        interfaceType: 'interface',
        groupSet: groupsOf(taskInterface).map(({ id, name }) => ({ groupId: id, groupName: name })),
        attachment: {
          attachmentId: id.replace('eni-', 'eni-attach-'),
          attachTime: new Date(attachedAt * 1000).toISOString(),
          deviceIndex: 1,
          deleteOnTermination: false,
          status: 'attached',
        },
        association,
        privateIpAddressesSet: [{ privateIpAddress: address, privateDnsName, primary: true, association }],
        tagSet: [],
      }
    },
  }
}

function associationOf(taskInterface: TaskNetworkInterface, vpc: Vpc): XmlMembers | undefined {
  const { publicAddress } = taskInterface
  return publicAddress === undefined
    ? undefined
    : { publicIp: publicAddress, publicDnsName: publicDnsName(taskInterface, vpc), ipOwnerId: 'amazon' }
}

/** The public DNS name of the address (VPC User Guide, "DNS attributes for your VPC"). */
function publicDnsName({ publicAddress }: TaskNetworkInterface, { region }: Vpc): string | undefined {
  if (publicAddress === undefined) return undefined
  return `ec2-${publicAddress.replaceAll('.', '-')}.${region === 'us-east-1' ? 'compute-1' : `${region}.compute`}.amazonaws.com`
}
