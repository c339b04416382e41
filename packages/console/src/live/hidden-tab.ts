/**
 * Whether this tab has been hidden for a while. Such a tab closes its streams, because a browser opens at most six
 * connections to a host, and opens them again when it is visible.
 */
const hiddenMs = 30_000

const listeners = new Set<() => void>()
let isLongHidden = false
let timer: ReturnType<typeof setTimeout> | undefined

function set(value: boolean): void {
  if (isLongHidden === value) return
  isLongHidden = value
  for (const listener of listeners) listener()
}

function onVisibility(): void {
  clearTimeout(timer)
  if (document.hidden) timer = setTimeout(() => set(true), hiddenMs)
  else set(false)
}
document.addEventListener('visibilitychange', onVisibility)
// A tab can be opened in the background.
onVisibility()

export const hiddenTab = {
  isLongHidden: () => isLongHidden,
  subscribe: (listener: () => void) => {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  },
}
