/** Deregisters several revisions after one confirmation, one after another, and shows the result of each. */
import { useState } from 'react'
import { apiPath } from '../actions.ts'
import { client } from '../live/client.ts'
import { useChange } from '../live/queries.ts'
import { Commands, curlOf, quoted } from '../parts/copy.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { ExternalText } from '../parts/external-text.tsx'
import { Status } from '../parts/status.tsx'

type Result = { kind: 'done' } | { kind: 'failed'; reason: string }

export function DeregisterDialog({
  account,
  family,
  names,
  usersOf,
  onClose,
}: {
  account: string
  family: string
  names: readonly string[]
  /** The services that run a revision. */
  usersOf: (name: string) => string[]
  onClose: () => void
}) {
  // The list of the page shrinks while the revisions end.
  const [all] = useState(names)
  const [typed, setTyped] = useState('')
  const [results, setResults] = useState<Record<string, Result>>({})
  const change = useChange(account, async () => {
    for (const name of all) {
      const result = await client.request('DELETE', apiPath(account, 'taskdefs', name)).then(
        (): Result => ({ kind: 'done' }),
        (error: Error): Result => ({ kind: 'failed', reason: error.message }),
      )
      setResults((before) => ({ ...before, [name]: result }))
    }
  })
  const isOver = change.isSuccess
  const disabled = change.isPending
    ? 'The revisions are being deregistered.'
    : typed === family
      ? undefined
      : `Type ${family} first.`
  const noun = all.length === 1 ? '1 revision' : `${all.length} revisions`
  return (
    <Dialog title={`Deregister ${noun} of ${family}`} onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          if (isOver) onClose()
          else if (disabled === undefined) change.mutate(undefined)
        }}
      >
        <p>Each becomes INACTIVE: services that use it keep it, and new ones cannot use it.</p>
        <ul className="plain-list" aria-label="Revisions to deregister" aria-live="polite">
          {all.map((name) => (
            <li key={name} className="row">
              <code>{name}</code>
              <ResultText result={results[name]} users={usersOf(name)} />
            </li>
          ))}
        </ul>
        {!isOver && (
          <div className="field">
            <label htmlFor="confirm">Type {family} to confirm</label>
            <input id="confirm" value={typed} autoComplete="off" onChange={(event) => setTyped(event.target.value)} />
          </div>
        )}
        <div className="row">
          {!isOver && (
            <button
              type="submit"
              className="danger"
              aria-disabled={disabled !== undefined}
              aria-describedby="deregister-reason"
              title={disabled}
            >
              Deregister {noun}
            </button>
          )}
          <button type="button" onClick={onClose}>
            {isOver || change.isPending ? 'Close' : 'Cancel'}
          </button>
          <span id="deregister-reason" className="muted reason">
            {isOver ? '' : disabled}
          </span>
        </div>
        <Commands
          cli={all.map((name) => `ecs-api taskdefs delete ${quoted(`${account}/${name}`)} --yes`).join('; ')}
          curl={all.map((name) => curlOf('DELETE', apiPath(account, 'taskdefs', name))).join('; ')}
        />
      </form>
    </Dialog>
  )
}

function ResultText({ result, users }: { result: Result | undefined; users: readonly string[] }) {
  if (result?.kind === 'done') return <Status tone="ok" text="deregistered" />
  if (result?.kind === 'failed') return <Status tone="bad" text={result.reason} />
  if (users.length === 0) return <span className="muted">no service uses it</span>
  return (
    <span className="waiting">
      <ExternalText text={users.join(', ')} /> {users.length === 1 ? 'uses' : 'use'} it
    </span>
  )
}
