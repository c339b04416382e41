/**
 * Subnets and their addresses. Nothing is known of a VPC here, so every well-formed subnet id gets a range of its own, for good; the built-in
 * ones look like a default VPC's. Addresses go round, so that one that was given back is not used again at once.
 */
import { createHash } from 'node:crypto'
import { AwsError } from '../../protocol/aws-error.ts'
import { type AddressSpace, imaginedAddresses } from '../records/address-space.ts'
import type { EcsState } from '../records/state.ts'
import type { SubnetRecord } from '../records/subnet-record.ts'

/** The first four addresses and the last of each subnet are AWS's own (VPC User Guide, "Subnet CIDR reservations"). */
const FIRST_FREE = 4
const lastFree = ({ addresses }: AddressSpace) => addresses - 2

const zones = ['a', 'b', 'c']
/** One in each Availability Zone, as a default VPC has them. */
export const defaultSubnets = zones.map((_, index) => `subnet-${(index + 1).toString(16).padStart(17, '0')}`)

/** @throws AwsError where the id is not one that a subnet can have. */
export function checkSubnet(id: string): void {
  if (!/^subnet-([0-9a-f]{8}|[0-9a-f]{17})$/.test(id))
    throw new AwsError(
      'InvalidParameterException',
      `Error retrieving subnet information for [${id}]: The subnet ID '${id}' does not exist (ErrorCode: InvalidSubnetID.NotFound)`,
    )
}

/** An address of the subnet that no task holds; undefined when all are taken. */
export function takeAddress(ecsState: EcsState, id: string): string | undefined {
  const subnet = subnetOf(ecsState, id)
  const { space } = ecsState
  const last = lastFree(space)
  const free = last - FIRST_FREE + 1
  for (let tried = 0; tried < free; tried++) {
    const offset = FIRST_FREE + ((subnet.next - FIRST_FREE + tried) % free)
    const address = dotted(space.first + subnet.range * space.addresses + offset)
    if (ecsState.tasks.count('address', `${id} ${address}`) > 0) continue
    ecsState.subnets.set(id, { ...subnet, next: offset === last ? FIRST_FREE : offset + 1 })
    return address
  }
  return undefined
}

export function cidrOf(ecsState: EcsState, id: string): string {
  const { first, addresses, prefixLength } = ecsState.space
  return `${dotted(first + subnetOf(ecsState, id).range * addresses)}/${prefixLength}`
}

/** The same subnet is always in the same zone. */
export function availabilityZoneOf(ecsState: EcsState, id: string): string {
  const builtIn = defaultSubnets.indexOf(id)
  return `${ecsState.region}${zones[builtIn >= 0 ? builtIn : hash(id) % zones.length]}`
}

function subnetOf(ecsState: EcsState, id: string): SubnetRecord {
  const { space } = ecsState
  const known = ecsState.subnets.get(id)
  if (known && (known.space ?? imaginedAddresses.id) === space.id) return known
  const builtIn = defaultSubnets.indexOf(id)
  const range = builtIn >= 0 && !space.shared ? builtIn : freeRange(ecsState, id)
  const subnet = { id, ...(space.id !== imaginedAddresses.id && { space: space.id }), range, next: FIRST_FREE }
  ecsState.subnets.set(id, subnet)
  return subnet
}

/** Told by the id, so that it is the same wherever the engine runs; the next free one where another id was told the same. */
function freeRange(ecsState: EcsState, id: string): number {
  const { space } = ecsState
  const kept = space.shared ? space.reserved : defaultSubnets.length
  const own = space.ranges - kept
  const wanted = hash(space.shared ? `${ecsState.account}/${ecsState.region}/${id}` : id)
  for (let tried = 0; tried < own; tried++) {
    const range = kept + ((wanted + tried) % own)
    if (!ecsState.isRangeTaken(range)) return range
  }
  throw new AwsError(
    'LimitExceededException',
    `This engine has room for ${own} subnets${space.shared ? '' : ' in an account and Region'}, and all are taken.`,
  )
}

function dotted(address: number): string {
  return [address >>> 24, (address >> 16) & 255, (address >> 8) & 255, address & 255].join('.')
}

function hash(id: string): number {
  return createHash('sha256').update(id).digest().readUInt32BE(0)
}
