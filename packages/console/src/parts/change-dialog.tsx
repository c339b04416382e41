/** A change with its plan in a dialog: nothing is sent before the person has seen what it does. */

import { type ReactNode, useState } from 'react'
import type { Request } from '../actions.ts'
import { Dialog } from './dialog.tsx'
import { ExternalText } from './external-text.tsx'
import { ChangeEnd, usePlannedChange } from './planned-change.tsx'
import { toast } from './toast.tsx'

export function ChangeDialog({
  title,
  account,
  request,
  missing,
  cli,
  verb,
  fields,
  confirmName,
  hasPlan = true,
  isWide = false,
  doneSentence,
  onClose,
  onDone,
}: {
  title: string
  account: string
  /** Undefined while a field is missing. */
  request: Request | undefined
  /** The sentence that says which field is missing. */
  missing?: string | undefined
  cli: string
  /** The label of the button that sends it. */
  verb: string
  fields?: ReactNode
  /** The name that the person types before something is deleted. */
  confirmName?: string
  /** API.md names the changes that have a plan. */
  hasPlan?: boolean
  /** The plan stands beside the fields, where there is room. */
  isWide?: boolean
  /** The sentence once it was sent. */
  doneSentence: string
  onClose: () => void
  onDone?: (result: unknown) => void
}) {
  const [typed, setTyped] = useState('')
  const isConfirmed = confirmName === undefined || typed === confirmName
  const change = usePlannedChange<unknown>({
    account,
    request,
    missing,
    blocked: isConfirmed ? undefined : `Type ${confirmName} first.`,
    hasPlan,
    onDone: (result) => {
      toast(doneSentence)
      onClose()
      onDone?.(result)
    },
  })
  const end = (
    <ChangeEnd
      change={change}
      verb={verb}
      isDangerous={confirmName !== undefined}
      cli={cli}
      confirmation={
        confirmName !== undefined && (
          <div className="field">
            <label htmlFor="confirm">
              Type <ExternalText text={confirmName} /> to confirm
            </label>
            <input id="confirm" value={typed} autoComplete="off" onChange={(event) => setTyped(event.target.value)} />
          </div>
        )
      }
    >
      <button type="button" onClick={onClose}>
        Cancel
      </button>
    </ChangeEnd>
  )
  return (
    <Dialog title={title} onClose={onClose} className={isWide ? 'wide' : undefined}>
      <form
        className={isWide ? 'form' : 'stack'}
        onSubmit={(event) => {
          event.preventDefault()
          change.send()
        }}
      >
        {isWide ? <div className="stack">{fields}</div> : fields}
        {isWide ? <div className="stack">{end}</div> : end}
      </form>
    </Dialog>
  )
}
