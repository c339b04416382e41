/** A button that opens a small panel. Escape closes it, and so does a click or the focus outside. */
import { type ReactNode, useEffect, useRef } from 'react'

export function Menu({ label, children }: { label: ReactNode; children: ReactNode }) {
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
      onKeyDown={({ key, currentTarget }) => {
        if (key !== 'Escape' || !currentTarget.open) return
        currentTarget.open = false
        currentTarget.querySelector('summary')?.focus()
      }}
    >
      <summary className="button">{label}</summary>
      <div className="panel stack">{children}</div>
    </details>
  )
}
