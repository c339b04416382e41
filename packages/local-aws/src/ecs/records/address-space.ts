/**
 * The range of addresses from which all subnets get theirs. It is divided into equal parts, one for each possible
 * subnet.
 */
export interface AddressSpace {
  /** Distinguishes this space from earlier ones, whose records may still be stored. */
  id: string
  /** The first IPv4 address as a number. */
  first: number
  /** The number of subnets, the number of addresses in each, and the length of each subnet's prefix in bits. */
  ranges: number
  addresses: number
  prefixLength: number
  /** The number of ranges at the beginning that no subnet gets. */
  reserved: number
  /**
   * Whether all accounts and Regions share the ranges, because the addresses are real. Otherwise each has ranges of its
   * own, as in AWS.
   */
  shared: boolean
}

/** The space of simulated tasks: 1,024 ranges of 16,384 addresses make up 10.0.0.0/8. */
export const simulatedAddresses: AddressSpace = {
  id: '10.0.0.0/8',
  first: 10 * 2 ** 24,
  ranges: 1024,
  addresses: 16_384,
  prefixLength: 18,
  reserved: 0,
  shared: false,
}

/**
 * The space of real tasks: 256 ranges of 256 addresses in a network of this machine. The first range contains the
 * machine's own address, so no subnet gets it.
 */
export function realAddresses(cidr: string): AddressSpace {
  const [address = ''] = cidr.split('/')
  const first = address.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0)
  return { id: cidr, first, ranges: 256, addresses: 256, prefixLength: 24, reserved: 1, shared: true }
}
