/** Times on the pages, relative or exact, in local time or UTC as the person has chosen. */

import type { ServiceDeployment } from '@ecs-api/client'
import { dayOf, duration, nextStepSentence } from '@ecs-api/client/words'
import { useSyncExternalStore } from 'react'
import { gatewayNow } from '../live/clock.ts'
import { settings } from '../live/settings.ts'
import { PrintableText, printable } from './printable-text.tsx'

/** The gateway's time in milliseconds since 1970, updated once a second while the page is visible. */
let currentMs = gatewayNow()
const listeners = new Set<() => void>()
setInterval(() => {
  if (document.hidden) return
  currentMs = gatewayNow()
  for (const listener of listeners) listener()
}, 1000)

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

export const useNow = () => useSyncExternalStore(subscribe, () => currentMs)

export function exactTime(at: string | number, zone: 'local' | 'utc'): string {
  const date = new Date(at)
  if (Number.isNaN(date.getTime())) return String(at)
  if (zone === 'utc') return date.toISOString().replace('T', ' ').replace('Z', ' UTC')
  const text = (value: number, digits = 2) => String(value).padStart(digits, '0')
  const day = `${date.getFullYear()}-${text(date.getMonth() + 1)}-${text(date.getDate())}`
  return `${day} ${text(date.getHours())}:${text(date.getMinutes())}:${text(date.getSeconds())}.${text(date.getMilliseconds(), 3)}`
}

/** The time since `at`, such as `5 min ago`, or `for 5 min` for a state that goes on; the exact time is its tooltip. */
export function Ago({ at, goesOn = false }: { at: string | undefined | null; goesOn?: boolean }) {
  const current = useNow()
  const zone = useSyncExternalStore(settings.subscribe, () => settings.get().zone)
  if (!at) return <span className="muted">never</span>
  const exact = exactTime(at, zone)
  const text = duration(Math.max(0, current - Date.parse(at)))
  return (
    <time dateTime={at} title={printable(exact)}>
      {text ? goesOn ? `for ${text}` : `${text} ago` : <PrintableText text={exact} />}
    </time>
  )
}

/** The sentence of the step of ECS that follows by itself; undefined without one. */
export function useNextStepSentence(deployment: ServiceDeployment | undefined): string | undefined {
  const now = useNow()
  const zone = useSyncExternalStore(settings.subscribe, () => settings.get().zone)
  return deployment && nextStepSentence(deployment, (at) => exactTime(at, zone), now)
}

/**
 * The day and the time of day, such as `30 Nov 10:49:05`; with the year when it is another one.
 * @param after a time beside this one (ISO 8601), whose day is not repeated
 */
export function DayAndTime({ at, after = '' }: { at: string; after?: string | undefined }) {
  const zone = useSyncExternalStore(settings.subscribe, () => settings.get().zone)
  const exact = exactTime(at, zone)
  const [, year, time] = /^(\d{4})-\d\d-\d\d ([\d:]{8})/.exec(exact) ?? []
  const isDayKnown = exactTime(after, zone).slice(0, 10) === exact.slice(0, 10)
  const yearText = year === exactTime(useNow(), zone).slice(0, 4) ? '' : ` ${year}`
  return (
    <time dateTime={at} title={printable(exact)}>
      <PrintableText text={time === undefined ? exact : isDayKnown ? time : `${dayOf(exact)}${yearText} ${time}`} />
    </time>
  )
}
