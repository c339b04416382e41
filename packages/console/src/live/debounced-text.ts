/** The text of a field. It is applied once typing has stopped for some time. */
import { useEffect, useRef, useState } from 'react'

/**
 * @param appliedText the text that is in effect; a change that does not come from the field, such as by Back, replaces
 * the typed text
 * @param delayMs how long typing has to stop before the text is applied
 */
export function useDebouncedText(appliedText: string, delayMs: number, onApply: (text: string) => void) {
  const [text, setText] = useState(appliedText)
  const lastApplied = useRef(appliedText)
  const latestOnApply = useRef(onApply)
  latestOnApply.current = onApply
  useEffect(() => {
    if (appliedText !== lastApplied.current) setText(appliedText)
    lastApplied.current = appliedText
  }, [appliedText])
  useEffect(() => {
    if (text === lastApplied.current) return
    const timer = setTimeout(() => {
      lastApplied.current = text
      latestOnApply.current(text)
    }, delayMs)
    return () => clearTimeout(timer)
  }, [text, delayMs])
  return [text, setText] as const
}
