/** The default VPC of an account in a Region, with its default security group. */
import { createHash } from 'node:crypto'
import type { Network } from '../ecs/service.ts'
import type { XmlMembers } from '../protocol/aws-query.ts'
import type { ResourceKind } from './describe.ts'

export interface Vpc {
  id: string
  owner: string
  region: string
  cidr: string
  defaultGroupId: string
}

export function vpcOf(account: string, region: string, { cidr }: Network): Vpc {
  const idOfKind = (kind: string) =>
    `${kind}-${createHash('sha256').update(`${kind}/${account}/${region}`).digest('hex').slice(0, 17)}`
  return { id: idOfKind('vpc'), owner: account, region, cidr, defaultGroupId: idOfKind('sg') }
}

export const vpcKind: ResourceKind<Vpc> = {
  listName: 'vpcSet',
  idParameter: 'VpcId',
  idOf: ({ id }) => id,
  idPattern: /^vpc-([0-9a-f]{8}|[0-9a-f]{17})$/,
  malformedIdCode: 'InvalidVpcID.Malformed',
  notFoundCode: 'InvalidVpcID.NotFound',
  nounsForUnknownIds: ['vpc ID', 'vpc IDs'],
  filters: {
    cidr: ({ cidr }) => [cidr],
    'cidr-block-association.cidr-block': ({ cidr }) => [cidr],
    'is-default': () => [true],
    isDefault: () => [true],
    'owner-id': ({ owner }) => [owner],
    state: () => ['available'],
    'vpc-id': ({ id }) => [id],
  },
  toXml: ({ id, owner, cidr }): XmlMembers => ({
    vpcId: id,
    ownerId: owner,
    state: 'available',
    cidrBlock: cidr,
    cidrBlockAssociationSet: [
      {
        associationId: id.replace('vpc-', 'vpc-cidr-assoc-'),
        cidrBlock: cidr,
        cidrBlockState: { state: 'associated' },
      },
    ],
    instanceTenancy: 'default',
    isDefault: true,
  }),
}
