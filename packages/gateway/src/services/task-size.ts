/** `cpu` and `memory` of the task in the PATCH of a service. */
import type { RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs'
import { findOperation, parseCpuUnits, parseMemoryMiB, type ReadingFault, readInput } from '@ecs-api/ecs-model'
import { bodyForm } from '../shapes/body-form.ts'

/** A member as the client sent it. */
export interface GivenMember {
  value: unknown
  /** Its JSON Pointer in the body. */
  pointer: string
}

export interface SizePatch {
  cpu?: GivenMember
  memory?: GivenMember
}

type Size = Pick<RegisterTaskDefinitionRequest, 'cpu' | 'memory'>

interface SizeReading {
  value: Size
  faults: ReadingFault[]
  /**
   * Returns the JSON Pointer of `cpu` or `memory` in the body, of the other one when the body lacks it; undefined for
   * every other member.
   */
  pointerTo: (member: string) => string | undefined
}

const fields = ['cpu', 'memory'] as const

export function readTaskSize(patch: SizePatch): SizeReading {
  const value: Size = {}
  const faults: ReadingFault[] = []
  for (const field of fields) {
    const given = patch[field]
    if (given === undefined) continue
    if (given.value === null) {
      faults.push({
        pointer: given.pointer,
        message: `${field} cannot be removed, because Fargate needs it: give another value`,
      })
      continue
    }
    const parentPointer = given.pointer.slice(0, -field.length - 1)
    const reading = readInput(findOperation('RegisterTaskDefinition')!.input, { [field]: given.value }, bodyForm, {
      at: parentPointer,
    })
    faults.push(...reading.faults)
    Object.assign(value, reading.value)
  }
  const pointerTo = (member: string) =>
    member === 'cpu' || member === 'memory' ? (patch[member] ?? patch.cpu ?? patch.memory)?.pointer : undefined
  return { value, faults, pointerTo }
}

/** Compares amounts and not texts: `1 vCPU` is the same size as `1024`. */
export function isOtherTaskSize(after: Size, before: Size): boolean {
  return (
    parseCpuUnits(after.cpu ?? '') !== parseCpuUnits(before.cpu ?? '') ||
    parseMemoryMiB(after.memory ?? '') !== parseMemoryMiB(before.memory ?? '')
  )
}
