/** Short messages in a corner of the page, such as that a change was requested. Each disappears after 8 s. */
import { type ReactNode, useSyncExternalStore } from 'react'
import { withVisibleText } from './external-text.tsx'

interface Message {
  id: number
  content: ReactNode
}

let messages: readonly Message[] = []
let lastId = 0
const listeners = new Set<() => void>()
const shownMs = 8000

function setMessages(next: readonly Message[]): void {
  messages = next
  for (const listener of listeners) listener()
}

export function toast(content: ReactNode): void {
  const id = ++lastId
  setMessages([...messages, { id, content }])
  setTimeout(() => setMessages(messages.filter((message) => message.id !== id)), shownMs)
}

export function Toasts() {
  const shown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    () => messages,
  )
  return (
    <div className="toasts" role="status">
      {shown.map(({ id, content }) => (
        <div key={id}>{withVisibleText(content)}</div>
      ))}
    </div>
  )
}
