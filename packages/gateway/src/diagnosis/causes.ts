/** All causes, and the lookup of a cause by a wording of AWS. */
import type { Cause, TextCause } from './cause.ts'
import { deploymentInProgress, eventCauses, tasksDoNotStay, tasksFailing, unknownCause } from './event-causes.ts'
import { exitCauses } from './exit-causes.ts'
import { reasonCauses } from './reason-causes.ts'

export const causes: readonly Cause[] = [
  ...reasonCauses,
  ...exitCauses,
  ...eventCauses,
  deploymentInProgress,
  tasksFailing,
  tasksDoNotStay,
  unknownCause,
]

/** Returns the first cause of the table whose patterns all match the text. */
export function causeOfText(text: string, table: readonly TextCause[]): Cause | undefined {
  return table.find(({ patterns }) => patterns.every((pattern) => pattern.test(text)))
}
