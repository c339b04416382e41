/**
 * A shell opens at once only where a person has asked for it in the console. A link on another site could otherwise open
 * one, and have the person type into it.
 */
const storageKey = 'ecs-api.asked-terminal'
const validMs = 30_000

/** @param address path and query of the terminal's document, which a window of its own is about to show */
export function askForTerminal(address: string): void {
  localStorage.setItem(storageKey, JSON.stringify({ address, at: Date.now() }))
}

/** Whether a person has asked for this address; true once. */
export function wasAskedFor(address: string): boolean {
  const asked = JSON.parse(localStorage.getItem(storageKey) ?? '{}') as { address?: string; at?: number }
  localStorage.removeItem(storageKey)
  return asked.address === address && Math.abs(Date.now() - (asked.at ?? 0)) < validMs
}

/** Whether a person has clicked or typed in this document since it was loaded. */
export function hasBeenUsed(): boolean {
  return navigator.userActivation?.hasBeenActive ?? false
}
