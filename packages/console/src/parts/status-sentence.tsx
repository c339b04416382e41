/**
 * The status sentence of a page. Screen readers announce a change of the state, but not each second of its duration.
 */
import { useEffect, useRef, useState } from 'react'
import { PrintableText } from './printable-text.tsx'
import { Status, type Tone } from './status.tsx'
import { hideToast, showDoneToast } from './toast.tsx'

const minMsBetweenAnnouncements = 5000
const durations = / ?\(?(for )?\b\d+ (s|min|h|days?)\b( ago)?\)?/g

export function StatusSentence({ tone, text, detail }: { tone: Tone; text: string; detail?: string | undefined }) {
  const textWithoutDurations = text.replaceAll(durations, '')
  const lastAnnounced = useRef({ text: textWithoutDurations, atMs: 0 })
  const [announced, setAnnounced] = useState('')
  useEffect(() => {
    if (lastAnnounced.current.text === textWithoutDurations) return
    const announce = () => {
      lastAnnounced.current = { text: textWithoutDurations, atMs: Date.now() }
      setAnnounced(textWithoutDurations)
    }
    const timer = setTimeout(announce, Math.max(0, lastAnnounced.current.atMs + minMsBetweenAnnouncements - Date.now()))
    return () => clearTimeout(timer)
  }, [textWithoutDurations])
  const lastTone = useRef(tone)
  useEffect(() => {
    // The message that the change was requested would contradict the sentence.
    if (tone === 'bad' && lastTone.current !== 'bad') hideToast()
    if (tone === 'ok') showDoneToast()
    lastTone.current = tone
  }, [tone])
  return (
    <>
      <p className="sentence">
        <Status tone={tone} text={text} />
      </p>
      <p className="visually-hidden" role="status" aria-label="Change of state">
        {/* An announcement is delayed: an older one is not announced when the state has changed again. */}
        <PrintableText text={announced === textWithoutDurations ? announced : ''} />
      </p>
      {detail && (
        <p className="muted">
          <PrintableText text={detail} />
        </p>
      )}
    </>
  )
}
