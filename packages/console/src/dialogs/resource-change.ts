/** A change that can be made to one resource or to several, as its dialog shows it. */
import type { ReactNode } from 'react'
import type { ApiRequest } from '../actions.ts'
import { counted, type Nouns } from '../parts/counted.ts'

export interface ResourceChange {
  /** The name of the resource, such as `prod/www`. */
  name: string
  /** Undefined while a field of the dialog is empty or invalid, or something is being loaded. */
  request: ApiRequest | undefined
  /** Why this resource cannot be changed. */
  disabledReason?: string | undefined
  /** The effect of a change that the API does not plan. */
  effect?: string
  /** The command that makes the same change. */
  cli: string
}

export interface ChangesDialogProps {
  account: string
  /** The name of the list on whose page the resources were selected; undefined on the page of the one resource. */
  listName: string | undefined
  changes: readonly ResourceChange[]
  nouns: Nouns
  /** The title before the name of the resource, or before the number of resources. */
  titleStart: string
  /** The same before a number of several resources, where it differs. */
  titleStartOfSeveral?: string
  /** The label of the button that sends the request of the one resource. */
  buttonLabel: string
  /** The label of the button that sends this number of requests. */
  batchButtonLabel: (count: number) => string
  isDangerous?: boolean
  /** The text that the person has to type before the button for several resources works. */
  textToType?: string
  fields?: ReactNode
  /** Why a request is undefined. */
  incompleteReason?: string | undefined
  /** Whether the API can plan the change. */
  hasPlan?: boolean
  /** The state of a resource after the change, such as `being restarted`. */
  doneText: string
  /** The message after the change of one resource. */
  doneSentence: (name: string) => string
  onClose: () => void
}

/** The resources in a title: the name of a single one, or their number. */
export const subjectOf = (changes: readonly { name: string }[], nouns: Nouns) =>
  changes.length === 1 ? changes[0]!.name : counted(changes.length, nouns)
