/** The services that a dialog changes, and their names for people and for commands. */
import type { Service } from '@ecs-api/client'
import { shellWord } from '../parts/shell-command.ts'

export interface ServicesDialogProps {
  account: string
  services: readonly Service[]
  /** The list in which the services were selected, whose page shows the batch; undefined on the page of a service. */
  listName?: string | undefined
  onClose: () => void
}

/** `cluster/name`. */
export const fullName = ({ cluster, name }: Service) => `${cluster}/${name}`
/** `account/cluster/name`, quoted for a shell command. */
export const shellReference = (account: string, service: Service) => shellWord(`${account}/${fullName(service)}`)
