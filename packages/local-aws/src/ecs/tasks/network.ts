/** The network of tasks as EC2 shows it: one VPC with its subnets, and the network interfaces of tasks. */
import { createHash } from 'node:crypto'
import type { EcsTables } from '../records/ecs-tables.ts'
import type { TaskRecord } from '../records/task-record.ts'
import { availabilityZoneOf, cidrOf, defaultSubnets } from './subnets.ts'

export interface Network {
  cidr: string
  subnets: SubnetInfo[]
  interfaces: TaskNetworkInterface[]
  /** The security groups that tasks and services name. */
  securityGroups: string[]
}

export interface SubnetInfo {
  id: string
  cidr: string
  availabilityZone: string
  isDefault: boolean
  freeAddresses: number
}

export interface TaskNetworkInterface {
  id: string
  /** The ARN of ECS's attachment. */
  attachmentArn: string
  subnetId: string
  availabilityZone: string
  address: string
  macAddress: string
  privateDnsName: string
  publicAddress: string | undefined
  /** Empty where the interface has the VPC's default group. */
  securityGroups: readonly string[]
  /** Seconds since 1970. */
  attachedAt: number
}

/**
 * AWS reserves the first four addresses and the last one of each subnet (VPC User Guide, "Subnet CIDR reservations").
 */
const RESERVED_ADDRESSES = 5

/** The network of an account in a Region, with the interfaces of all tasks that have not stopped. */
export function networkOf(ecsTables: EcsTables): Network {
  const tasks = ecsTables.tasks.allByIndex('stopped', 'no')
  const usedIds = new Set(tasks.map(({ internal }) => internal.subnet))
  const ids = new Set([...defaultSubnets, ...Array.from(ecsTables.subnets.values(), ({ id }) => id), ...usedIds])
  // Once for each subnet: a zone is computed from a hash, which would be slow for each of thousands of tasks.
  const zones = new Map(Array.from(ids, (id) => [id, availabilityZoneOf(ecsTables, id)]))
  const groupIds = [
    ...tasks.flatMap(({ internal }) => internal.securityGroups ?? []),
    ...Array.from(ecsTables.services.values()).flatMap(
      (service) => service.networkConfiguration?.awsvpcConfiguration?.securityGroups ?? [],
    ),
  ]
  return {
    cidr: ecsTables.addressSpace.cidr,
    subnets: [...ids].sort().map((id) => ({
      id,
      cidr: cidrOf(ecsTables, id),
      availabilityZone: zones.get(id) ?? '',
      isDefault: defaultSubnets.includes(id),
      freeAddresses:
        ecsTables.addressSpace.addressesPerSubnet - RESERVED_ADDRESSES - ecsTables.tasks.countByIndex('subnet', id),
    })),
    interfaces: tasks.flatMap((task) => interfaceOf(ecsTables, task, zones) ?? []),
    securityGroups: [...new Set(groupIds)].sort(),
  }
}

/**
 * Undefined before the task has an address.
 * @param zones the Availability Zone of each subnet, by the subnet's id
 */
function interfaceOf(
  ecsTables: EcsTables,
  task: TaskRecord,
  zones: ReadonlyMap<string, string>,
): TaskNetworkInterface | undefined {
  const [attachment] = task.attachments ?? []
  const detail = (wanted: string) => attachment?.details?.find(({ name }) => name === wanted)?.value ?? ''
  const address = detail('privateIPv4Address')
  if (address === '') return undefined
  const { subnet: subnetId, securityGroups = [], isPublic = false } = task.internal
  return {
    id: detail('networkInterfaceId'),
    attachmentArn: `arn:${ecsTables.partition}:ecs:${ecsTables.region}:${ecsTables.account}:attachment/${attachment?.id}`,
    subnetId,
    availabilityZone: zones.get(subnetId) ?? '',
    address,
    macAddress: detail('macAddress'),
    privateDnsName: detail('privateDnsName'),
    publicAddress: isPublic ? publicAddress(ecsTables, address, attachment?.id ?? '') : undefined,
    securityGroups,
    attachedAt: task.connectivityAt ?? task.createdAt,
  }
}

/**
 * The public address of a task in real containers is its private address, which can be reached from outside the VPC
 * too. Simulated tasks cannot be reached. Their public addresses are from the range for network tests, which belongs to
 * nobody (RFC 2544).
 */
function publicAddress({ addressSpace }: EcsTables, address: string, attachmentId: string): string {
  if (addressSpace.isReal) return address
  const [a = 0, b = 0, c = 0] = createHash('sha256').update(attachmentId).digest()
  return `198.${18 + (a % 2)}.${b}.${c}`
}
