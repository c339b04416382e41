/** Subnets: those of the default VPC, and the subnets in which tasks have run. */
import type { SubnetInfo } from '../ecs/service.ts'
import type { ResourceKind } from './describe.ts'
import type { Vpc } from './vpc.ts'

export function subnetKind({ id: vpc, owner, region }: Vpc, partition: string): ResourceKind<SubnetInfo> {
  const arnOf = (id: string) => `arn:${partition}:ec2:${region}:${owner}:subnet/${id}`
  return {
    listName: 'subnetSet',
    idParameter: 'SubnetId',
    idOf: ({ id }) => id,
    idPattern: /^subnet-([0-9a-f]{8}|[0-9a-f]{17})$/,
    malformedIdCode: 'InvalidSubnetID.Malformed',
    notFoundCode: 'InvalidSubnetID.NotFound',
    nounsForUnknownIds: ['subnet ID', 'subnet IDs'],
    filters: {
      'availability-zone': ({ availabilityZone }) => [availabilityZone],
      availabilityZone: ({ availabilityZone }) => [availabilityZone],
      'available-ip-address-count': ({ freeAddresses }) => [freeAddresses],
      'cidr-block': ({ cidr }) => [cidr],
      cidr: ({ cidr }) => [cidr],
      'default-for-az': ({ isDefault }) => [isDefault],
      defaultForAz: ({ isDefault }) => [isDefault],
      'map-public-ip-on-launch': ({ isDefault }) => [isDefault],
      'owner-id': () => [owner],
      state: () => ['available'],
      'subnet-arn': ({ id }) => [arnOf(id)],
      'subnet-id': ({ id }) => [id],
      'vpc-id': () => [vpc],
    },
    toXml: ({ id, cidr, availabilityZone, isDefault, freeAddresses }) => ({
      subnetId: id,
      subnetArn: arnOf(id),
      vpcId: vpc,
      ownerId: owner,
      state: 'available',
      cidrBlock: cidr,
      availabilityZone,
      availableIpAddressCount: freeAddresses,
      defaultForAz: isDefault,
      mapPublicIpOnLaunch: isDefault,
      assignIpv6AddressOnCreation: false,
    }),
  }
}
