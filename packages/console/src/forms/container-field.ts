/** The shared parts of the fields of a container: their properties, their ids and their errors. */
import type { Container } from './container-values.ts'
import { errorAt } from './fields.tsx'

export interface ContainerFieldProps {
  index: number
  container: Container
  /** The JSON Pointer of the container in the body; by default that of a task definition. */
  pointer?: string
  /** The error of the request or of its plan; each field shows the part about itself. */
  requestError: unknown
  onChange: (next: Container) => void
}

export const containerFieldId = (index: number, field: string) => `container-${index}-${field}`

/** The message of the first error about one of these members of the container. */
export const memberError = (
  { requestError, index, pointer = `/containerDefinitions/${index}` }: ContainerFieldProps,
  ...members: string[]
) => members.map((member) => errorAt(requestError, `${pointer}/${member}`)).find((each) => each)
