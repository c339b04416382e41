/** A modal dialog, open while the component is rendered. It keeps the focus, and gives it back when it closes. */
import { type ReactNode, useEffect, useId, useRef } from 'react'
import { withoutMiddle } from '../parts/image-name.tsx'
import { PrintableText, printable } from '../parts/printable-text.tsx'
import { hideToast } from '../parts/toast.tsx'

/** A title leaves the middle of longer names out. */
const maxNameLength = 32

/** The text with names that fit in a line on a phone. */
export const withShortNames = (text: string) => text.replace(/[^\s/]+/g, (name) => withoutMiddle(name, maxNameLength))

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
    current?.querySelector<HTMLElement>('#confirm')?.focus()
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
        <h1 id={titleId} title={printable(title)}>
          <PrintableText text={withShortNames(title)} />
        </h1>
        {children}
      </div>
    </dialog>
  )
}
