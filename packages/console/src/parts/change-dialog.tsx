/** A change with its plan: nothing is sent before the person has seen what it does. */
import { ProblemError } from '@ecs-api/client'
import { type ReactNode, useState } from 'react'
import type { Request } from '../actions.ts'
import { client } from '../live/client.ts'
import { useChange } from '../live/queries.ts'
import { Commands, curlOf } from './copy.tsx'
import { Dialog } from './dialog.tsx'
import { PlanPanel, usePlan } from './plan.tsx'
import { Problem } from './problem.tsx'
import { toast } from './toast.tsx'

export function ChangeDialog({
  title,
  account,
  request,
  cli,
  verb,
  fields,
  confirmName,
  hasPlan = true,
  requested,
  onClose,
  onDone,
}: {
  title: string
  account: string
  /** Undefined while a field is missing. */
  request: Request | undefined
  cli: string
  /** The label of the button that sends it. */
  verb: string
  fields?: ReactNode
  /** The name that the person types before something is deleted. */
  confirmName?: string
  /** API.md names the changes that have a plan. */
  hasPlan?: boolean
  /** The sentence once it was sent. */
  requested: string
  onClose: () => void
  onDone?: (result: unknown) => void
}) {
  const [typed, setTyped] = useState('')
  const plan = usePlan(hasPlan ? request : undefined)
  const change = useChange(account, ({ method, path, body }: Request) =>
    client.request(method, path, {
      body,
      ...(plan.data?.configVersion && { headers: { 'if-match': plan.data.configVersion } }),
    }),
  )
  const hasChanged = change.error instanceof ProblemError && change.error.status === 412
  const isConfirmed = confirmName === undefined || typed === confirmName
  const canSend =
    request !== undefined && isConfirmed && !change.isPending && (!hasPlan || (plan.isSettled && !plan.error))
  const send = () => {
    if (!request || !canSend) return
    change.mutate(request, {
      onSuccess: (result) => {
        toast(requested)
        onClose()
        onDone?.(result)
      },
      onError: () => void plan.refetch(),
    })
  }
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          send()
        }}
      >
        {fields}
        {hasPlan && <PlanPanel plan={plan.data} error={plan.error} isLoading={!plan.isSettled} />}
        {confirmName !== undefined && (
          <div className="field">
            <label htmlFor="confirm">Type {confirmName} to confirm</label>
            <input id="confirm" value={typed} autoComplete="off" onChange={(event) => setTyped(event.target.value)} />
          </div>
        )}
        {hasChanged && <p className="waiting">The resource has changed meanwhile. This is the new plan.</p>}
        {!hasChanged && <Problem error={change.error} />}
        <div className="row">
          <button type="submit" className={confirmName === undefined ? 'primary' : 'danger'} aria-disabled={!canSend}>
            {change.isPending ? 'Requested' : verb}
          </button>
          <button type="button" onClick={onClose}>
            Cancel
          </button>
        </div>
        {request && <Commands cli={cli} curl={curlOf(request.method, request.path, request.body)} />}
      </form>
    </Dialog>
  )
}
