/** Short messages about what was requested. They go after some seconds; errors stay until they are closed. */
import { type ReactNode, useSyncExternalStore } from 'react'
import { withVisibleText } from './external-text.tsx'

interface Message {
  id: number
  content: ReactNode
}

let messages: readonly Message[] = []
let last = 0
const listeners = new Set<() => void>()
const shownMs = 8000

function set(next: readonly Message[]): void {
  messages = next
  for (const listener of listeners) listener()
}

export function toast(content: ReactNode): void {
  const id = ++last
  set([...messages, { id, content }])
  setTimeout(() => set(messages.filter((message) => message.id !== id)), shownMs)
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
