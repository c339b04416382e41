/**
 * The dialog that deregisters several revisions, one after another, after one confirmation. It shows each result, and
 * closes when all are deregistered.
 */
import { useState } from 'react'
import { apiPath } from '../actions.ts'
import { Dialog, withShortNames } from '../dialogs/dialog.tsx'
import { client } from '../live/client.ts'
import { useChange } from '../live/queries.ts'
import { Commands } from '../parts/copy.tsx'
import { counted } from '../parts/counted.ts'
import { curlCommand } from '../parts/curl-command.ts'
import { PrintableText } from '../parts/printable-text.tsx'
import { shellWord } from '../parts/shell-command.ts'
import { Status } from '../parts/status.tsx'
import { toast } from '../parts/toast.tsx'
import '../styles/forms.css'

type DeregisterResult = { kind: 'done' } | { kind: 'failed'; reason: string }

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
  /** The names of the services that use a revision. */
  usersOf: (name: string) => string[]
  onClose: () => void
}) {
  // The names when the dialog opened: the list of the page shrinks while revisions are deregistered.
  const [revisionNames] = useState(names)
  const revisionCount = counted(revisionNames.length, ['revision', 'revisions'])
  const [typedFamily, setTyped] = useState('')
  const [results, setResults] = useState<Record<string, DeregisterResult>>({})
  const change = useChange(account, async () => {
    let doneCount = 0
    for (const name of revisionNames) {
      const result = await client.request('DELETE', apiPath(account, 'taskdefs', name)).then(
        (): DeregisterResult => ({ kind: 'done' }),
        (error: Error): DeregisterResult => ({ kind: 'failed', reason: error.message }),
      )
      if (result.kind === 'done') doneCount++
      setResults((before) => ({ ...before, [name]: result }))
    }
    if (doneCount < revisionNames.length) return
    toast(`${revisionCount} of ${family} deregistered.`)
    onClose()
  })
  const isOver = change.isSuccess
  const disabledReason = change.isPending
    ? 'The revisions are being deregistered.'
    : typedFamily === family
      ? undefined
      : withShortNames(`Type ${family} first.`)
  return (
    <Dialog title={`Deregister ${revisionCount} of ${family}`} onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          if (isOver) onClose()
          else if (disabledReason === undefined) change.mutate(undefined)
        }}
      >
        <p>Each revision becomes INACTIVE: services that use it go on using it, but new services cannot.</p>
        <ul className="plain-list" aria-label="Revisions to deregister" aria-live="polite">
          {revisionNames.map((name) => (
            <li key={name} className="row">
              <code>{name}</code>
              <ResultText result={results[name]} users={usersOf(name)} />
            </li>
          ))}
        </ul>
        {!isOver && (
          <div className="field">
            <label htmlFor="confirm">Type {family} to confirm</label>
            <input
              id="confirm"
              value={typedFamily}
              autoComplete="off"
              onChange={(event) => setTyped(event.target.value)}
            />
          </div>
        )}
        <div className="row">
          {!isOver && (
            <button
              type="submit"
              className="danger"
              aria-disabled={disabledReason !== undefined}
              aria-describedby="deregister-reason"
              title={disabledReason}
            >
              Deregister {revisionCount}
            </button>
          )}
          <button type="button" onClick={onClose}>
            {isOver || change.isPending ? 'Close' : 'Cancel'}
          </button>
          <span id="deregister-reason" className="muted reason">
            <PrintableText text={isOver ? undefined : disabledReason} />
          </span>
        </div>
        <Commands
          cli={revisionNames
            .map((name) => `ecs-api taskdefs delete ${shellWord(name)} --account ${shellWord(account)} --yes`)
            .join('; ')}
          curl={revisionNames.map((name) => curlCommand('DELETE', apiPath(account, 'taskdefs', name))).join('; ')}
        />
      </form>
    </Dialog>
  )
}

function ResultText({ result, users }: { result: DeregisterResult | undefined; users: readonly string[] }) {
  if (result?.kind === 'done') return <Status tone="ok" text="deregistered" />
  if (result?.kind === 'failed') return <Status tone="bad" text={result.reason} />
  if (users.length === 0) return <span className="muted">no service uses it</span>
  return (
    <span className="waiting">
      <PrintableText text={users.join(', ')} /> {users.length === 1 ? 'uses' : 'use'} it
    </span>
  )
}
