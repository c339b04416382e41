import { type ReactNode, useEffect, useState } from 'react'

/** A folded part of a form. It opens when a field in it has an error. */
export function FoldedFields({
  summary,
  hasError,
  children,
}: {
  summary: string
  hasError: boolean
  children: ReactNode
}) {
  const [isOpen, setOpen] = useState(hasError)
  useEffect(() => {
    if (hasError) setOpen(true)
  }, [hasError])
  return (
    <details open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{summary}</summary>
      <div className="stack folded">{children}</div>
    </details>
  )
}
