/**
 * Requests of a person for a terminal, recorded by the console. A terminal's document opens a shell at once only after
 * such a request: otherwise a link on another site could open a shell and make the person type into it.
 */
const storageKey = 'ecs-api.asked-terminal'
const requestLifeMs = 30_000

/** @param address path and query of the terminal's document, which a new window is about to show */
export function recordTerminalRequest(address: string): void {
  localStorage.setItem(storageKey, JSON.stringify({ address, at: Date.now() }))
}

/** Whether a person has just requested this address. Removes the request, so that a second call returns false. */
export function takeTerminalRequest(address: string): boolean {
  const recorded = JSON.parse(localStorage.getItem(storageKey) ?? '{}') as { address?: string; at?: number }
  localStorage.removeItem(storageKey)
  return recorded.address === address && Math.abs(Date.now() - (recorded.at ?? 0)) < requestLifeMs
}

/** Whether a person has clicked or typed in this document since it was loaded. */
export function hasUserActivation(): boolean {
  return navigator.userActivation?.hasBeenActive ?? false
}
