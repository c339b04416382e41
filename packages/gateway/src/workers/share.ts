/** What one of several workers may let a token ask: its rate is divided, since asking one another would cost each request a round trip. */
import type { Settings } from '../config/settings.ts'

export function shareOf(settings: Settings): Settings {
  const { workers, http } = settings
  const { requests, seconds } = http.rateLimit
  return { ...settings, http: { ...http, rateLimit: { requests: Math.max(1, Math.floor(requests / workers)), seconds } } }
}
