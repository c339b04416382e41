/** A button that opens a small panel. Escape closes it, and so does a click or the focus outside. */
import { type ReactNode, useEffect, useRef } from 'react'

export function Menu({
  label,
  closesOnAction = false,
  children,
}: {
  label: ReactNode
  /**
   * For a menu of action buttons: a press on one closes the menu. The dialog of the action later gives the focus back
   * to the menu.
   */
  closesOnAction?: boolean
  children: ReactNode
}) {
  const details = useRef<HTMLDetailsElement>(null)
  useEffect(() => {
    const onPress = ({ target }: Event) => {
      if (details.current && !details.current.contains(target as Node)) details.current.open = false
    }
    addEventListener('pointerdown', onPress)
    addEventListener('focusin', onPress)
    return () => {
      removeEventListener('pointerdown', onPress)
      removeEventListener('focusin', onPress)
    }
  }, [])
  return (
    <details
      ref={details}
      className="menu"
      onClick={({ target, currentTarget }) => {
        const button = (target as Element).closest('button')
        if (!closesOnAction || !button || button.ariaDisabled === 'true') return
        currentTarget.open = false
        currentTarget.querySelector('summary')?.focus()
      }}
      onKeyDown={({ key, currentTarget }) => {
        if (key !== 'Escape' || !currentTarget.open) return
        currentTarget.open = false
        currentTarget.querySelector('summary')?.focus()
      }}
    >
      <summary className="button">{label}</summary>
      <div className={closesOnAction ? 'panel rows' : 'panel stack'}>{children}</div>
    </details>
  )
}
