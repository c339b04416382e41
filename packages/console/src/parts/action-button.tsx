/** A button that stays reachable while it is not possible, and says why. */
import { useId } from 'react'
import type { Action } from '../actions.ts'

const keyOf: Record<string, string> = { deploy: 'd', terminal: 'e' }

export function ActionButton({ action, onPress }: { action: Action; onPress: () => void }) {
  const reasonId = useId()
  const { label, disabled, isPrimary, isDangerous } = action
  return (
    <>
      <button
        type="button"
        data-action=""
        data-key={keyOf[action.id]}
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
    </>
  )
}
