/**
 * Texts of a form that is not sent yet, kept in this tab: an error, Back or a link never loses it. A
 * sign-out forgets it.
 */
import { useEffect, useState } from 'react'
import { useMe } from './queries.ts'
import { ofPersonKey } from './session.ts'

function read<T>(key: string): T | undefined {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? '') as T
  } catch {
    return undefined
  }
}

export interface Draft<T> {
  value: T
  set: (change: Partial<T>) => void
  /** It was typed before this visit of the page. */
  isRestored: boolean
  /** Sent, or no longer wanted. */
  discard: () => void
}

/** @param form its name, one for each resource; it stays while the form is shown */
export function useDraft<T extends object>(form: string, initial: T): Draft<T> {
  const me = useMe()
  // Another person may sign in to this tab. The name is unknown while an ended session waits for its sign-in.
  const [key] = useState(() => `${ofPersonKey}draft.${me?.name}.${form}`)
  const [typed, setTyped] = useState<Partial<T> | undefined>(() => read<Partial<T>>(key))
  const [isRestored, setRestored] = useState(typed !== undefined)
  useEffect(() => {
    if (typed === undefined) sessionStorage.removeItem(key)
    else sessionStorage.setItem(key, JSON.stringify(typed))
  }, [key, typed])
  return {
    value: { ...initial, ...typed },
    set: (change) => setTyped((before) => ({ ...before, ...change })),
    isRestored,
    discard: () => {
      // The page may be left before an effect runs.
      sessionStorage.removeItem(key)
      setTyped(undefined)
      setRestored(false)
    },
  }
}
