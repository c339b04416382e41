/** How this browser displays the pages: theme and time zone. The person chooses both. */
interface Settings {
  theme: 'system' | 'light' | 'dark'
  zone: 'local' | 'utc'
}

const storageKey = 'ecs-api.settings'
const listeners = new Set<() => void>()

function storedSettings(): Settings {
  try {
    const { theme, zone } = JSON.parse(localStorage.getItem(storageKey) ?? '{}') as Partial<Settings>
    return {
      theme: theme === 'light' || theme === 'dark' ? theme : 'system',
      zone: zone === 'utc' ? 'utc' : 'local',
    }
  } catch {
    return { theme: 'system', zone: 'local' }
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
