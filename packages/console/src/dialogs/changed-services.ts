/** The services that a dialog changes, and their names for people and for commands. */
import type { Service } from '@ecs-api/client'
import { shellWord } from '../parts/shell-command.ts'

export interface ServicesDialogProps {
  account: string
  services: readonly Service[]
  /** The name of the list on whose page the services were selected; undefined on the page of the one service. */
  listName?: string | undefined
  onClose: () => void
}

/** `cluster/name`. */
export const fullName = ({ cluster, name }: Service) => `${cluster}/${name}`
/** `account/cluster/name`, quoted for a shell command. */
export const shellReference = (account: string, service: Service) => shellWord(`${account}/${fullName(service)}`)
