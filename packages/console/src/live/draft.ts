/**
 * What a person has typed in a form that is not sent yet, kept in this tab: an error, Back or a link never loses it. A
 * sign-out forgets it.
 */
import { useEffect, useState } from 'react'

const prefix = 'ecs-api.draft.'

function read<T>(key: string): T | undefined {
  try {
    return JSON.parse(sessionStorage.getItem(prefix + key) ?? '') as T
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

/** @param key of the form; of a form for another resource it is another one */
export function useDraft<T extends object>(key: string, initial: T): Draft<T> {
  const [typed, setTyped] = useState<Partial<T> | undefined>(() => read<Partial<T>>(key))
  const [isRestored, setRestored] = useState(typed !== undefined)
  useEffect(() => {
    if (typed === undefined) sessionStorage.removeItem(prefix + key)
    else sessionStorage.setItem(prefix + key, JSON.stringify(typed))
  }, [key, typed])
  return {
    value: { ...initial, ...typed },
    set: (change) => setTyped((before) => ({ ...before, ...change })),
    isRestored,
    discard: () => {
      // The page may be left before an effect runs.
      sessionStorage.removeItem(prefix + key)
      setTyped(undefined)
      setRestored(false)
    },
  }
}

export function forgetDrafts(): void {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(prefix)) sessionStorage.removeItem(key)
}
