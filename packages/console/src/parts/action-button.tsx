/** The button of an action. While the action is not possible, the button can still be focused and gives the reason. */
import { useId, useSyncExternalStore } from 'react'
import { Link } from 'wouter'
import type { Action } from '../actions.ts'
import { connectionState } from '../live/client.ts'
import { PrintableText, printable } from './printable-text.tsx'

const shortcutKeys: Record<string, string> = { deploy: 'd', terminal: 'e' }

export function ActionButton({
  action,
  ofName,
  onPress,
}: {
  action: Action
  /** In a row of a table: the name of the row's resource, for screen readers and the palette. */
  ofName?: string
  onPress: () => void
}) {
  const reasonId = useId()
  const { lostAt } = useSyncExternalStore(connectionState.subscribe, connectionState.get)
  const { label, isPrimary, isDangerous, fix } = action
  const disabledReason = action.disabledReason ?? (lostAt === undefined ? undefined : 'The gateway does not respond.')
  return (
    <span className="explained">
      <button
        type="button"
        data-action=""
        data-key={shortcutKeys[action.id]}
        className={ofName ? 'plain' : isPrimary && !disabledReason ? 'primary' : isDangerous ? 'danger' : undefined}
        aria-disabled={disabledReason !== undefined}
        aria-describedby={disabledReason === undefined ? undefined : reasonId}
        title={disabledReason && printable(disabledReason)}
        onClick={() => disabledReason === undefined && onPress()}
      >
        <PrintableText text={label} />
        {ofName && (
          <span className="visually-hidden">
            {' '}
            of <PrintableText text={ofName} />
          </span>
        )}
      </button>
      {disabledReason !== undefined && (
        <span id={reasonId} className="explanation">
          <PrintableText text={disabledReason} />
        </span>
      )}
      {disabledReason !== undefined && fix && <Link href={fix.href}>{fix.label}</Link>}
    </span>
  )
}
