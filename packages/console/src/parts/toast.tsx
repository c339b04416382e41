/**
 * A short message in the free part of the header, such as that a change was requested. It disappears after some
 * seconds, when the person closes it or goes to another page, when the next message replaces it or a dialog opens, and
 * when the page shows that the announced change has failed.
 */
import { type ReactNode, useEffect, useRef, useSyncExternalStore } from 'react'
import { useLocation } from 'wouter'
import { printableContent } from './printable-text.tsx'

interface ToastOptions {
  /** The message that replaces the first one once the announced change is made. */
  doneContent?: ReactNode
  /** The key of the resource that the change deletes. Its message stays until then, or for a minute. */
  deletes?: string
  /** Whether the message stays when the person goes to another page: its change goes on without a page. */
  isOfAnyPage?: boolean
}

interface Message extends ToastOptions {
  content: ReactNode
}

let message: Message | undefined
let timer: ReturnType<typeof setTimeout> | undefined
const listeners = new Set<() => void>()
const shownMs = 5000
const deletionShownMs = 60_000

function setMessage(next: typeof message): void {
  clearTimeout(timer)
  message = next
  for (const listener of listeners) listener()
}

export function toast(content: ReactNode, options: ToastOptions = {}): void {
  setMessage({ content, ...options })
  timer = setTimeout(hideToast, options.deletes === undefined ? shownMs : deletionShownMs)
}

/** Called when the page shows that the announced change is made, or that the resource of this key is deleted. */
export function showDoneToast(deleted?: string): void {
  if (message?.doneContent !== undefined && message.deletes === deleted) toast(message.doneContent)
}

export const hideToast = () => setMessage(undefined)

export function Toast() {
  const shown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    () => message,
  )
  const [path] = useLocation()
  const first = useRef({ shown, path })
  useEffect(() => {
    if (first.current.shown !== shown) first.current = { shown, path }
    else if (first.current.path !== path && !shown?.isOfAnyPage) hideToast()
  }, [shown, path])
  return (
    <div className="toast" role="status">
      {shown && (
        <div>
          <span>{printableContent(shown.content)}</span>
          <button type="button" className="plain" aria-label="Close the message" onClick={hideToast}>
            ×
          </button>
        </div>
      )}
    </div>
  )
}
