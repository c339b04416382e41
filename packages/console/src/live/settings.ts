import { storeItem } from './store-item.ts'

/** How this browser displays the pages, by the person's choice. */
interface Settings {
  theme: 'system' | 'light' | 'dark'
  zone: 'local' | 'utc'
  /** Terminals are drawn so that a screen reader can read them. They then echo typed characters later. */
  screenReader: boolean
  /** How the last service was created; undefined before the first one. */
  serviceSource: 'image' | 'definition' | undefined
}

const storageKey = 'ecs-api.settings'
const listeners = new Set<() => void>()

function storedSettings(): Settings {
  try {
    const { theme, zone, screenReader, serviceSource } = JSON.parse(
      localStorage.getItem(storageKey) ?? '{}',
    ) as Partial<Settings>
    return {
      theme: theme === 'light' || theme === 'dark' ? theme : 'system',
      zone: zone === 'utc' ? 'utc' : 'local',
      screenReader: screenReader === true,
      serviceSource: serviceSource === 'image' || serviceSource === 'definition' ? serviceSource : undefined,
    }
  } catch {
    return { theme: 'system', zone: 'local', screenReader: false, serviceSource: undefined }
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
    storeItem(localStorage, storageKey, JSON.stringify(current))
    applyTheme()
    for (const listener of listeners) listener()
  },
  subscribe: (listener: () => void) => {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  },
}
