/** Members whose numbers a client may write with a unit: CPU (`1 vCPU`) and memory (`2 GB`). */
import { parseCpuUnits, parseMemoryMiB } from './fargate-sizes.ts'
import type { Member } from './service-model.ts'

const quantityMembers = new Set(['cpu', 'memory', 'memoryReservation'])

export const isQuantity = (member: Member) => quantityMembers.has(member.name)

/** CPU units or MiB. Undefined for a value that is no quantity, or is larger than an integer of ECS. */
export function readQuantity(member: Member, value: unknown): number | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined
  const amount = member.name === 'cpu' ? parseCpuUnits(value) : parseMemoryMiB(value)
  return amount !== undefined && amount <= 2147483647 ? amount : undefined
}

export function validQuantities(member: Member): string {
  return member.name === 'cpu' ? 'CPU units (256, or ".25 vCPU")' : 'MiB (512, or "0.5 GB")'
}
