/**
 * Whether plans and comparisons show the values that may be secret: hidden until the person has them shown, then shown
 * everywhere in this tab, until the person hides them or signs out.
 */
import { useSyncExternalStore } from 'react'
import { useMe } from './queries.ts'
import { keyPrefixUntilSignOut, session } from './session.ts'
import { storeItem } from './store-item.ts'

const key = `${keyPrefixUntilSignOut}shown-values`

function storedName(): string | null {
  try {
    return sessionStorage.getItem(key) || null
  } catch {
    return null
  }
}

/** The name of the person who has the values shown. Another person who signs in to this tab has not chosen yet. */
let chooser = storedName()
const listeners = new Set<() => void>()

function setChooser(name: string | null): void {
  chooser = name
  storeItem(sessionStorage, key, name ?? '')
  for (const listener of listeners) listener()
}

session.subscribe(() => {
  if (session.get().kind === 'signed-out' && chooser !== null) setChooser(null)
})

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

export function useShownValues(): [isShown: boolean, setShown: (isShown: boolean) => void] {
  const name = useMe()?.name ?? null
  const chosenBy = useSyncExternalStore(subscribe, () => chooser)
  return [name !== null && chosenBy === name, (isShown) => setChooser(isShown ? name : null)]
}
