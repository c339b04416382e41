/** The address range of a subnet. */
export interface SubnetRecord {
  id: string
  /** The id of the range's address space; undefined for the simulated one. */
  space?: string
  /** The index of its range in the address space. */
  range: number
  /** The next address to try, as an offset from the first address of the range. */
  next: number
}
