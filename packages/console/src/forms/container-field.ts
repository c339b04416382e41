/** The shared parts of the fields of a container: their properties, their ids and their errors. */
import type { Container } from './container-values.ts'
import { errorAt } from './fields.tsx'

export interface ContainerFieldProps {
  index: number
  container: Container
  /** The JSON Pointer of the container in the body; by default that of a task definition. */
  pointer?: string
  /** The error of the whole form; each field shows the part that concerns it. */
  rejection: unknown
  onChange: (next: Container) => void
}

export const fieldId = (index: number, field: string) => `container-${index}-${field}`

/** The first error about one of the members of the container. */
export const errorOf = (
  { rejection, index, pointer = `/containerDefinitions/${index}` }: ContainerFieldProps,
  ...members: string[]
) => members.map((member) => errorAt(rejection, `${pointer}/${member}`)).find((each) => each)
