/** A button that stays reachable while it is not possible, and says why. */
import { useId, useSyncExternalStore } from 'react'
import { Link } from 'wouter'
import type { Action } from '../actions.ts'
import { connectionState } from '../live/client.ts'
import { ExternalText, visible } from './external-text.tsx'

const keyOf: Record<string, string> = { deploy: 'd', terminal: 'e' }

export function ActionButton({ action, onPress }: { action: Action; onPress: () => void }) {
  const reasonId = useId()
  const { lostAt } = useSyncExternalStore(connectionState.subscribe, connectionState.get)
  const { label, isPrimary, isDangerous, fix } = action
  const disabled = action.disabled ?? (lostAt === undefined ? undefined : 'The service does not respond.')
  return (
    <>
      <button
        type="button"
        data-action=""
        data-key={keyOf[action.id]}
        className={isPrimary && !disabled ? 'primary' : isDangerous ? 'danger' : undefined}
        aria-disabled={disabled !== undefined}
        aria-describedby={disabled === undefined ? undefined : reasonId}
        title={disabled && visible(disabled)}
        onClick={() => disabled === undefined && onPress()}
      >
        <ExternalText text={label} />
      </button>
      {disabled !== undefined && (
        <span id={reasonId} className="visually-hidden">
          <ExternalText text={disabled} />
        </span>
      )}
      {disabled !== undefined && fix && <Link href={fix.to}>{fix.label}</Link>}
    </>
  )
}
