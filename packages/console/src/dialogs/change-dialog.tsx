/** The dialog of a change, with its plan: the person sees the effects before the request is sent. */
import { type ReactNode, useState } from 'react'
import type { ApiRequest } from '../actions.ts'
import { toast } from '../parts/toast.tsx'
import { isPlanRejected, PlanAndSendButton, usePlannedChange } from '../plans/planned-change.tsx'
import { Dialog, withShortNames } from './dialog.tsx'
import { TypeToConfirmField } from './type-to-confirm-field.tsx'

export function ChangeDialog({
  title,
  account,
  request,
  incompleteReason,
  cli,
  buttonLabel,
  fields,
  textToType,
  isDangerous = textToType !== undefined,
  hasPlan = true,
  isPlanBeside = false,
  doneSentence,
  onClose,
  onDone,
}: {
  title: string
  account: string
  /** The request of the change; undefined while a field is empty or invalid. */
  request: ApiRequest | undefined
  /** Why `request` is undefined: the sentence that names the empty or invalid field. */
  incompleteReason?: string | undefined
  /** The command that makes the same change. */
  cli: string
  /** The label of the button that sends the request. */
  buttonLabel: string
  /** The fields, or a function that returns them for the current errors of the request and of its plan. */
  fields?: ReactNode | ((requestError: unknown) => ReactNode)
  /** The name that the person has to type before the button of a deletion works. */
  textToType?: string
  isDangerous?: boolean | undefined
  /** Whether the API can plan this change (`?dryRun=true`; API.md lists these changes). */
  hasPlan?: boolean
  /** Whether the plan is beside the fields in a wide window, and not below them. */
  isPlanBeside?: boolean
  /** The message after the request succeeded. */
  doneSentence: string
  onClose: () => void
  onDone?: (result: unknown) => void
}) {
  const [typedName, setTypedName] = useState('')
  const isConfirmed = textToType === undefined || typedName === textToType
  const change = usePlannedChange<unknown>({
    account,
    request,
    incompleteReason,
    blockedReason: isConfirmed ? undefined : withShortNames(`Type ${textToType} first.`),
    hasPlan,
    onDone: (result) => {
      toast(doneSentence)
      onClose()
      onDone?.(result)
    },
  })
  const shownFields = typeof fields === 'function' ? fields(change.errors) : fields
  const end = (
    <PlanAndSendButton
      change={change}
      buttonLabel={buttonLabel}
      isDangerous={isDangerous}
      cli={cli}
      belowPlan={
        textToType !== undefined &&
        !isPlanRejected(change) && <TypeToConfirmField text={textToType} typed={typedName} onChange={setTypedName} />
      }
    >
      <button type="button" onClick={onClose}>
        Cancel
      </button>
    </PlanAndSendButton>
  )
  return (
    <Dialog title={title} onClose={onClose} className={isPlanBeside ? 'wide' : undefined}>
      <form
        className={isPlanBeside ? 'form' : 'stack'}
        onSubmit={(event) => {
          event.preventDefault()
          change.send()
        }}
      >
        {isPlanBeside ? <div className="stack">{shownFields}</div> : shownFields}
        {isPlanBeside ? <div className="stack">{end}</div> : end}
      </form>
    </Dialog>
  )
}
