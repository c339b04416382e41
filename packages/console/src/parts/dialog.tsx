/** A native dialog, open while it is shown: it traps the focus, closes with Escape and gives the focus back. */
import { type ReactNode, useEffect, useId, useRef } from 'react'
import { ExternalText } from './external-text.tsx'

export function Dialog({
  title,
  onClose,
  children,
  className,
}: {
  title: string
  /** Without it the dialog stays until it is no longer shown. */
  onClose?: () => void
  children: ReactNode
  className?: string | undefined
}) {
  const dialog = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  useEffect(() => {
    const { current } = dialog
    const before = document.activeElement as HTMLElement | null
    current?.showModal()
    return () => {
      current?.close()
      before?.focus()
    }
  }, [])
  return (
    <dialog
      ref={dialog}
      aria-labelledby={titleId}
      className={className}
      onCancel={(event) => {
        event.preventDefault()
        onClose?.()
      }}
      onClose={({ currentTarget }) => {
        // A browser closes at the second Escape, whatever the page says.
        if (onClose || !currentTarget.isConnected || currentTarget.open) return
        currentTarget.showModal()
      }}
    >
      <div className="stack">
        <h1 id={titleId}>
          <ExternalText text={title} />
        </h1>
        {children}
      </div>
    </dialog>
  )
}
