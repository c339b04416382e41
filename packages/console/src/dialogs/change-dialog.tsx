/** The dialog of a change, with its plan: the person sees the effects before the request is sent. */
import { type ReactNode, useState } from 'react'
import type { ApiRequest } from '../actions.ts'
import { toast } from '../parts/toast.tsx'
import { ChangeEnd, isPlanRejected, usePlannedChange } from '../plans/planned-change.tsx'
import { ConfirmField } from './confirm-field.tsx'
import { Dialog } from './dialog.tsx'

export function ChangeDialog({
  title,
  account,
  request,
  incompleteReason,
  cli,
  buttonLabel,
  fields,
  confirmName,
  isDangerous = confirmName !== undefined,
  hasPlan = true,
  hasOwnLine = false,
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
  cli: string
  /** The label of the button that sends the request. */
  buttonLabel: string
  /** The fields, or a function that returns them for the present error of the request or of its plan. */
  fields?: ReactNode | ((rejection: unknown) => ReactNode)
  /** The name that the person has to type before the button of a deletion works. */
  confirmName?: string
  isDangerous?: boolean | undefined
  /** Whether the API can plan this change (`?dryRun=true`; API.md lists these changes). */
  hasPlan?: boolean
  /** On a wide window the plan is beside the fields. */
  hasOwnLine?: boolean
  /** The message after the request succeeded. */
  doneSentence: string
  onClose: () => void
  onDone?: (result: unknown) => void
}) {
  const [typedName, setTypedName] = useState('')
  const isConfirmed = confirmName === undefined || typedName === confirmName
  const change = usePlannedChange<unknown>({
    account,
    request,
    incompleteReason,
    blockedReason: isConfirmed ? undefined : `Type ${confirmName} first.`,
    hasPlan,
    onDone: (result) => {
      toast(doneSentence)
      onClose()
      onDone?.(result)
    },
  })
  const shownFields =
    typeof fields === 'function'
      ? fields(change.requests.length > 0 ? (change.plan.error ?? change.error) : undefined)
      : fields
  const end = (
    <ChangeEnd
      change={change}
      buttonLabel={buttonLabel}
      isDangerous={isDangerous}
      cli={cli}
      confirmation={
        confirmName !== undefined &&
        !isPlanRejected(change) && <ConfirmField text={confirmName} typed={typedName} onChange={setTypedName} />
      }
    >
      <button type="button" onClick={onClose}>
        Cancel
      </button>
    </ChangeEnd>
  )
  return (
    <Dialog title={title} onClose={onClose} className={hasOwnLine ? 'wide' : undefined}>
      <form
        className={hasOwnLine ? 'form' : 'stack'}
        onSubmit={(event) => {
          event.preventDefault()
          change.send()
        }}
      >
        {hasOwnLine ? <div className="stack">{shownFields}</div> : shownFields}
        {hasOwnLine ? <div className="stack">{end}</div> : end}
      </form>
    </Dialog>
  )
}
