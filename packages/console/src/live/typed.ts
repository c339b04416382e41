/** A field whose text counts once typing has stopped. */
import { useEffect, useRef, useState } from 'react'

/**
 * @param given the text that counts; another one, as after Back, replaces what was typed
 * @param restMs how long typing rests before the text counts
 */
export function useTyped(given: string, restMs: number, onTyped: (text: string) => void) {
  const [text, setText] = useState(given)
  const counted = useRef(given)
  const report = useRef(onTyped)
  report.current = onTyped
  useEffect(() => {
    if (given !== counted.current) setText(given)
    counted.current = given
  }, [given])
  useEffect(() => {
    if (text === counted.current) return
    const timer = setTimeout(() => {
      counted.current = text
      report.current(text)
    }, restMs)
    return () => clearTimeout(timer)
  }, [text, restMs])
  return [text, setText] as const
}
