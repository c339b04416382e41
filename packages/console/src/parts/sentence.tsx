/** The sentence of a page. Screen readers announce another state, not each second that it lasts. */
import { useEffect, useRef, useState } from 'react'
import { ExternalText } from './external-text.tsx'
import { Status, type Tone } from './status.tsx'
import { useNow, withDurations } from './time.tsx'

const minMsBetween = 5000
const durations = / ?\(?(for )?\d+ (s|min|h|days?)( ago)?\)?/g

export function Sentence({ tone, text: given, detail }: { tone: Tone; text: string; detail?: string | undefined }) {
  const now = useNow()
  const text = withDurations(given, now)
  const state = text.replaceAll(durations, '')
  const last = useRef({ state, at: 0 })
  const [announced, setAnnounced] = useState('')
  useEffect(() => {
    if (last.current.state === state) return
    const announce = () => {
      last.current = { state, at: Date.now() }
      setAnnounced(state)
    }
    const timer = setTimeout(announce, Math.max(0, last.current.at + minMsBetween - Date.now()))
    return () => clearTimeout(timer)
  }, [state])
  return (
    <>
      <p className="sentence">
        <Status tone={tone} text={text} />
      </p>
      <p className="visually-hidden" role="status" aria-label="Change of state">
        <ExternalText text={announced} />
      </p>
      {detail && (
        <p className="muted">
          <ExternalText text={withDurations(detail, now)} />
        </p>
      )}
    </>
  )
}
