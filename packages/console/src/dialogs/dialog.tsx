/** A modal dialog, open while the component is rendered. It keeps the focus, and gives it back when it closes. */
import { type ReactNode, useEffect, useId, useRef } from 'react'
import { PrintableText } from '../parts/printable-text.tsx'
import { hideToast } from '../parts/toast.tsx'

export function Dialog({
  title,
  onClose,
  children,
  className,
}: {
  title: string
  /** Called after Escape. Without it, the person cannot close the dialog. */
  onClose?: () => void
  children: ReactNode
  className?: string | undefined
}) {
  const dialog = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  useEffect(() => {
    const { current } = dialog
    const focusedBefore = document.activeElement as HTMLElement | null
    // A message of an earlier change would shine through the backdrop.
    hideToast()
    current?.showModal()
    return () => {
      current?.close()
      focusedBefore?.focus()
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
        // Browsers close a dialog at a second Escape, which the page cannot prevent: open it again.
        if (onClose || !currentTarget.isConnected || currentTarget.open) return
        currentTarget.showModal()
      }}
    >
      <div className="stack">
        <h1 id={titleId}>
          <PrintableText text={title} />
        </h1>
        {children}
      </div>
    </dialog>
  )
}
