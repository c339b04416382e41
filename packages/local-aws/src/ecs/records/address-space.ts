/** Where the addresses of all subnets are from: one range, cut into as many parts as there may be subnets. */
export interface AddressSpace {
  /** Tells it from another one, of which records may still be there. */
  id: string
  /** The first address, as a number. */
  first: number
  /** How many subnets it has room for, how many addresses each has, and how long the prefix of each is. */
  ranges: number
  addresses: number
  prefixLength: number
  /** Ranges that no subnet gets. */
  reserved: number
  /** Every account and Region has addresses of its own, as in AWS; or all share it, since the addresses are real. */
  shared: boolean
}

/** 1,024 ranges of 16,384 addresses make up 10.0.0.0/8. */
export const imaginedAddresses: AddressSpace = {
  id: '10.0.0.0/8',
  first: 10 * 2 ** 24,
  ranges: 1024,
  addresses: 16_384,
  prefixLength: 18,
  reserved: 0,
  shared: false,
}

/** 255 ranges of 256 addresses in a network of this machine's; the first range has the machine's own address in it. */
export function realAddresses(cidr: string): AddressSpace {
  const [address = ''] = cidr.split('/')
  const first = address.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0)
  return { id: cidr, first, ranges: 256, addresses: 256, prefixLength: 24, reserved: 1, shared: true }
}
