/** The network of tasks as EC2 shows it: one VPC with its subnets, and the network interfaces of tasks. */
import { createHash } from 'node:crypto'
import type { EcsState } from '../records/state.ts'
import type { TaskRecord } from '../records/task-record.ts'
import { availabilityZoneOf, cidrOf, defaultSubnets } from './subnets.ts'

export interface Network {
  cidr: string
  subnets: SubnetInfo[]
  interfaces: TaskInterface[]
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

export interface TaskInterface {
  id: string
  /** The ARN of ECS's attachment. */
  attachmentArn: string
  subnet: string
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
export function networkOf(ecsState: EcsState): Network {
  const tasks = ecsState.tasks.allBy('stopped', 'no')
  const usedIds = new Set(tasks.map(({ engineState }) => engineState.subnet))
  const ids = new Set([...defaultSubnets, ...Array.from(ecsState.subnets.values(), ({ id }) => id), ...usedIds])
  // A zone is computed from a hash: for each of thousands of tasks that would be slow.
  const zones = new Map(Array.from(ids, (id) => [id, availabilityZoneOf(ecsState, id)]))
  const groupIds = [
    ...tasks.flatMap(({ engineState }) => engineState.securityGroups ?? []),
    ...Array.from(ecsState.services.values()).flatMap(
      (service) => service.networkConfiguration?.awsvpcConfiguration?.securityGroups ?? [],
    ),
  ]
  return {
    cidr: ecsState.addressSpace.cidr,
    subnets: [...ids].sort().map((id) => ({
      id,
      cidr: cidrOf(ecsState, id),
      availabilityZone: zones.get(id) ?? '',
      isDefault: defaultSubnets.includes(id),
      freeAddresses: ecsState.addressSpace.addressesPerSubnet - RESERVED_ADDRESSES - ecsState.tasks.count('subnet', id),
    })),
    interfaces: tasks.flatMap((task) => interfaceOf(ecsState, task, zones) ?? []),
    securityGroups: [...new Set(groupIds)].sort(),
  }
}

/**
 * Undefined before the task has an address.
 * @param zones the Availability Zone of each subnet, by the subnet's id
 */
function interfaceOf(
  ecsState: EcsState,
  task: TaskRecord,
  zones: ReadonlyMap<string, string>,
): TaskInterface | undefined {
  const [attachment] = task.attachments ?? []
  const detail = (wanted: string) => attachment?.details?.find(({ name }) => name === wanted)?.value ?? ''
  const address = detail('privateIPv4Address')
  if (address === '') return undefined
  const { subnet, securityGroups = [], isPublic = false } = task.engineState
  return {
    id: detail('networkInterfaceId'),
    attachmentArn: `arn:${ecsState.partition}:ecs:${ecsState.region}:${ecsState.account}:attachment/${attachment?.id}`,
    subnet,
    availabilityZone: zones.get(subnet) ?? '',
    address,
    macAddress: detail('macAddress'),
    privateDnsName: detail('privateDnsName'),
    publicAddress: isPublic ? publicAddress(ecsState, address, attachment?.id ?? '') : undefined,
    securityGroups,
    attachedAt: task.connectivityAt ?? task.createdAt,
  }
}

/**
 * The public address of a task in real containers is its private address, which can be reached from outside the VPC too.
 * Simulated tasks cannot be reached. Their public addresses are from the range for network tests, which belongs to
 * nobody (RFC 2544).
 */
function publicAddress({ addressSpace }: EcsState, address: string, attachmentId: string): string {
  if (addressSpace.isReal) return address
  const [a = 0, b = 0, c = 0] = createHash('sha256').update(attachmentId).digest()
  return `198.${18 + (a % 2)}.${b}.${c}`
}
