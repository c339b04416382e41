/** Where a subnet's addresses come from. */
export interface SubnetRecord {
  id: string
  /** Which address space the range is of; missing for the imagined one. */
  space?: string
  /** Which of the ranges is its own. */
  range: number
  /** The next address to try, counted from the range's first. */
  next: number
}
