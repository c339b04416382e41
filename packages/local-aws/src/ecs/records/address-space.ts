/**
 * The addresses that all subnets share. They are divided into equal ranges, one for each possible subnet.
 */
export interface AddressSpace {
  /** `10.0.0.0/8`. It identifies the space: records of subnets in an earlier space may still be stored. */
  cidr: string
  /** The first IPv4 address as a number. */
  first: number
  /** The subnets, the addresses in each, and the length of each subnet's prefix in bits. */
  subnetCount: number
  addressesPerSubnet: number
  prefixLength: number
  /** The number of ranges at the beginning that no subnet gets. */
  reserved: number
  /**
   * Whether the addresses are those of real containers. All accounts and Regions then share the ranges. Otherwise each
   * account has all ranges for itself in each Region, as on AWS.
   */
  isReal: boolean
}

/** The space of simulated tasks: 1,024 ranges of 16,384 addresses make up 10.0.0.0/8. */
export const simulatedAddresses: AddressSpace = {
  cidr: '10.0.0.0/8',
  first: 10 * 2 ** 24,
  subnetCount: 1024,
  addressesPerSubnet: 16_384,
  prefixLength: 18,
  reserved: 0,
  isReal: false,
}

/**
 * The space of real tasks: 256 ranges of 256 addresses in a network of this machine. The first range contains the
 * machine's own address, so no subnet gets it.
 */
export function realAddresses(cidr: string): AddressSpace {
  const [address = ''] = cidr.split('/')
  const first = address.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0)
  return { cidr, first, subnetCount: 256, addressesPerSubnet: 256, prefixLength: 24, reserved: 1, isReal: true }
}
