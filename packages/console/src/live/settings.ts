/** How this browser displays the pages. The person chooses it. */
interface Settings {
  theme: 'system' | 'light' | 'dark'
  zone: 'local' | 'utc'
  /** Terminals are drawn so that a screen reader can read them. They draw an echo later then. */
  screenReader: boolean
}

const storageKey = 'ecs-api.settings'
const listeners = new Set<() => void>()

function storedSettings(): Settings {
  try {
    const { theme, zone, screenReader } = JSON.parse(localStorage.getItem(storageKey) ?? '{}') as Partial<Settings>
    return {
      theme: theme === 'light' || theme === 'dark' ? theme : 'system',
      zone: zone === 'utc' ? 'utc' : 'local',
      screenReader: screenReader === true,
    }
  } catch {
    return { theme: 'system', zone: 'local', screenReader: false }
  }
}

let current = storedSettings()
applyTheme()

function applyTheme(): void {
  if (current.theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = current.theme
}

export const settings = {
  get: () => current,
  set: (change: Partial<Settings>) => {
    current = { ...current, ...change }
    localStorage.setItem(storageKey, JSON.stringify(current))
    applyTheme()
    for (const listener of listeners) listener()
  },
  subscribe: (listener: () => void) => {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  },
}
