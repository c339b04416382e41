/**
 * A short message in the free part of the header, such as that a change was requested. It disappears after some
 * seconds, when the next message replaces it or a dialog opens, and when the page shows that the announced change has
 * failed.
 */
import { type ReactNode, useSyncExternalStore } from 'react'
import { printableContent } from './printable-text.tsx'

interface Message {
  content: ReactNode
  /** The message that replaces `content` once the announced change is made. */
  doneContent?: ReactNode
}

let message: Message | undefined
let timer: ReturnType<typeof setTimeout> | undefined
const listeners = new Set<() => void>()
const shownMs = 5000

function setMessage(next: typeof message): void {
  clearTimeout(timer)
  message = next
  for (const listener of listeners) listener()
}

export function toast(content: ReactNode, { doneContent }: { doneContent?: ReactNode } = {}): void {
  setMessage({ content, doneContent })
  timer = setTimeout(hideToast, shownMs)
}

/** Called when the page shows that the announced change is made. */
export function showDoneToast(): void {
  if (message?.doneContent !== undefined) toast(message.doneContent)
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
  return (
    <div className="toast" role="status">
      {shown && <div>{printableContent(shown.content)}</div>}
    </div>
  )
}
