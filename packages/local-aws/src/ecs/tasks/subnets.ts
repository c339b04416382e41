/**
 * Subnets and their addresses. The engine has no VPCs to look a subnet up in. It assigns an address range to every
 * well-formed subnet id, and keeps the assignment. The built-in subnets look like those of a default VPC. Addresses are
 * assigned round-robin, so a freed address is not used again at once.
 */
import { createHash } from 'node:crypto'
import { AwsError } from '../../protocol/aws-error.ts'
import { type AddressSpace, simulatedAddresses } from '../records/address-space.ts'
import type { EcsTables, SubnetRecord } from '../records/ecs-tables.ts'

/**
 * AWS reserves the first four addresses and the last one of each subnet (VPC User Guide, "Subnet CIDR reservations").
 */
const FIRST_USABLE = 4
const lastUsable = ({ addressesPerSubnet }: AddressSpace) => addressesPerSubnet - 2

const zones = ['a', 'b', 'c']
/** One subnet in each Availability Zone, as in a default VPC. */
export const defaultSubnets = zones.map((_, index) => `subnet-${(index + 1).toString(16).padStart(17, '0')}`)

/** Takes an address of the subnet that no task has. Undefined when all are taken. */
export function takeAddress(ecsTables: EcsTables, id: string): string | undefined {
  const subnet = findOrAddSubnet(ecsTables, id)
  const { addressSpace } = ecsTables
  const last = lastUsable(addressSpace)
  const usableCount = last - FIRST_USABLE + 1
  for (let tried = 0; tried < usableCount; tried++) {
    const offset = FIRST_USABLE + ((subnet.next - FIRST_USABLE + tried) % usableCount)
    const address = dotted(addressSpace.first + subnet.range * addressSpace.addressesPerSubnet + offset)
    if (ecsTables.tasks.countByIndex('address', `${id} ${address}`) > 0) continue
    ecsTables.subnets.set(id, { ...subnet, next: offset === last ? FIRST_USABLE : offset + 1 })
    return address
  }
  return undefined
}

/** The subnet's range, such as `10.0.64.0/18`. A subnet without one gets a free range. */
export function cidrOf(ecsTables: EcsTables, id: string): string {
  const { first, addressesPerSubnet, prefixLength } = ecsTables.addressSpace
  return `${dotted(first + findOrAddSubnet(ecsTables, id).range * addressesPerSubnet)}/${prefixLength}`
}

/** A subnet id always maps to the same zone. */
export function availabilityZoneOf(ecsTables: EcsTables, id: string): string {
  const builtIn = defaultSubnets.indexOf(id)
  return `${ecsTables.region}${zones[builtIn >= 0 ? builtIn : hash(id) % zones.length]}`
}

/** The stored subnet. A new id is stored with a range of the address space. */
function findOrAddSubnet(ecsTables: EcsTables, id: string): SubnetRecord {
  const { addressSpace } = ecsTables
  const stored = ecsTables.subnets.get(id)
  if (stored && (stored.space ?? simulatedAddresses.cidr) === addressSpace.cidr) return stored
  const builtIn = defaultSubnets.indexOf(id)
  const range = builtIn >= 0 && !addressSpace.isReal ? builtIn : freeRange(ecsTables, id)
  const subnet = {
    id,
    ...(addressSpace.cidr !== simulatedAddresses.cidr && { space: addressSpace.cidr }),
    range,
    next: FIRST_USABLE,
  }
  ecsTables.subnets.set(id, subnet)
  return subnet
}

/**
 * Chooses the range by a hash of the id, so that it is the same wherever the engine runs. If another subnet has that
 * range, the next free one is taken.
 * @throws AwsError LimitExceededException when all ranges are taken.
 */
function freeRange(ecsTables: EcsTables, id: string): number {
  const { addressSpace } = ecsTables
  const reserved = addressSpace.isReal ? addressSpace.reserved : defaultSubnets.length
  const usable = addressSpace.subnetCount - reserved
  const preferred = hash(addressSpace.isReal ? `${ecsTables.account}/${ecsTables.region}/${id}` : id)
  for (let tried = 0; tried < usable; tried++) {
    const range = reserved + ((preferred + tried) % usable)
    if (!ecsTables.isRangeTaken(range)) return range
  }
  throw new AwsError(
    'LimitExceededException',
    `This engine has room for ${usable} subnets${addressSpace.isReal ? '' : ' in an account and Region'}, and all are taken.`,
  )
}

function dotted(address: number): string {
  return [address >>> 24, (address >> 16) & 255, (address >> 8) & 255, address & 255].join('.')
}

function hash(id: string): number {
  return createHash('sha256').update(id).digest().readUInt32BE(0)
}
