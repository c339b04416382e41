/** The button of an action. While the action is not possible, the button can still be focused and gives the reason. */
import { useId, useSyncExternalStore } from 'react'
import { Link } from 'wouter'
import type { Action } from '../actions.ts'
import { connectionState } from '../live/client.ts'

const shortcutKeys: Record<string, string> = { deploy: 'd', terminal: 'e' }

export function ActionButton({ action, onPress }: { action: Action; onPress: () => void }) {
  const reasonId = useId()
  const { lostAt } = useSyncExternalStore(connectionState.subscribe, connectionState.get)
  const { label, isPrimary, isDangerous, fix } = action
  const disabled = action.disabledReason ?? (lostAt === undefined ? undefined : 'The service does not respond.')
  return (
    <>
      <button
        type="button"
        data-action=""
        data-key={shortcutKeys[action.id]}
        className={isPrimary && !disabled ? 'primary' : isDangerous ? 'danger' : undefined}
        aria-disabled={disabled !== undefined}
        aria-describedby={disabled === undefined ? undefined : reasonId}
        title={disabled}
        onClick={() => disabled === undefined && onPress()}
      >
        {label}
      </button>
      {disabled !== undefined && (
        <span id={reasonId} className="visually-hidden">
          {disabled}
        </span>
      )}
      {disabled !== undefined && fix && <Link href={fix.href}>{fix.label}</Link>}
    </>
  )
}
