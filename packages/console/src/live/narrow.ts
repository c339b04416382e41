/** Whether the window is as narrow as a phone, where a page folds what is not needed at once. */
import { useSyncExternalStore } from 'react'

const narrow = matchMedia('(max-width: 700px)')

const subscribe = (listener: () => void) => {
  narrow.addEventListener('change', listener)
  return () => narrow.removeEventListener('change', listener)
}

export const useIsNarrow = () => useSyncExternalStore(subscribe, () => narrow.matches)
