/**
 * The values of a form that was not sent yet. The storage of this tab keeps them over an error, Back or a link. A
 * sign-out removes them.
 */
import { useEffect, useState } from 'react'
import { useMe } from './queries.ts'
import { keyPrefixUntilSignOut } from './session.ts'
import { storeItem } from './store-item.ts'

function storedDraft<T>(key: string): T | undefined {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? '') as T
  } catch {
    return undefined
  }
}

export interface Draft<T> {
  value: T
  set: (change: Partial<T>) => void
  /** Whether the value was typed during an earlier visit of the page. */
  isRestored: boolean
  /** Removes what was typed, because it was sent or is no longer wanted. */
  discard: () => void
}

/** @param form the name of the form, unique for each resource; it must not change while the form is shown */
export function useDraft<T extends object>(form: string, initial: T): Draft<T> {
  const me = useMe()
  // The key has the person's name, because another person may sign in to this tab. It is made once: while an ended
  // session waits for a new sign-in, the name is unknown.
  const [key] = useState(() => `${keyPrefixUntilSignOut}draft.${me?.name}.${form}`)
  const [typed, setTyped] = useState<Partial<T> | undefined>(() => storedDraft<Partial<T>>(key))
  const [isRestored, setRestored] = useState(typed !== undefined)
  useEffect(() => {
    if (typed === undefined) sessionStorage.removeItem(key)
    else storeItem(sessionStorage, key, JSON.stringify(typed))
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
