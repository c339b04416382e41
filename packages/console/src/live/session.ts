/**
 * The session of this browser. The cookie is out of reach of scripts; its CSRF token is kept in this origin's storage,
 * which belongs to one port (API.md, "Browser sessions").
 */
import type { Me } from '@ecs-api/client'

const storageKey = 'ecs-api.csrf'
/** The key of a sign-in at the identity provider that this browser has begun. */
const oidcStorageKey = 'ecs-api.oidc-key'

export type SessionState =
  | { kind: 'unknown' }
  | { kind: 'signed-out'; reason: string | undefined }
  | { kind: 'signed-in'; me: Me }

export type SignIn = { token: string } | { oneTimeCode: string } | { oidc: Record<string, string> }

let state: SessionState = { kind: 'unknown' }
const listeners = new Set<() => void>()

export const session = {
  get: () => state,
  subscribe: (listener: () => void) => {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  },
}

function set(next: SessionState): void {
  state = next
  for (const listener of listeners) listener()
}

export function csrfToken(): string {
  return localStorage.getItem(storageKey) ?? ''
}

// Another tab has signed in or out.
addEventListener('storage', ({ key }) => {
  if (key === storageKey) void restore()
})

/** A problem of the API, or the lack of a response, as a sentence. */
async function sentenceOf(response: Response): Promise<string> {
  const problem = (await response.json().catch(() => undefined)) as { detail?: string } | undefined
  return problem?.detail ?? `The service responded with ${response.status}.`
}

/** Looks whether this browser is signed in. */
export async function restore(): Promise<void> {
  if (csrfToken() === '') return set({ kind: 'signed-out', reason: undefined })
  const response = await fetch('/v1/ecs/me', { headers: { 'x-csrf-token': csrfToken() } }).catch(() => undefined)
  if (response?.ok) return set({ kind: 'signed-in', me: (await response.json()) as Me })
  if (response?.status === 401) return set({ kind: 'signed-out', reason: undefined })
  // The service does not respond: the pages say so, and try again.
  if (state.kind === 'unknown') setTimeout(() => void restore(), 1000)
}

/** @returns the reason why the sign-in was rejected */
export async function signIn(body: SignIn): Promise<string | undefined> {
  const response = await fetch('/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }).catch(() => undefined)
  if (!response) return 'The service does not respond.'
  if (!response.ok) return sentenceOf(response)
  const opened = (await response.json()) as { csrfToken: string; me: Me }
  localStorage.setItem(storageKey, opened.csrfToken)
  set({ kind: 'signed-in', me: opened.me })
  return undefined
}

export async function signOut(): Promise<void> {
  await fetch('/session', { method: 'DELETE', headers: { 'x-csrf-token': csrfToken() } }).catch(() => undefined)
  localStorage.removeItem(storageKey)
  set({ kind: 'signed-out', reason: undefined })
}

/** A request was answered with 401. The page stays, with the sign-in above it. */
export function onSessionEnded(): void {
  if (state.kind === 'signed-in') set({ kind: 'signed-out', reason: 'Your session has ended. Sign in to go on.' })
}

/**
 * Goes to the identity provider, which sends the browser back. The key shows then that a page of this origin has begun:
 * a cookie does not, because programs on other ports can set it.
 */
export function beginOidc(): void {
  const bytes = crypto.getRandomValues(new Uint8Array(32))
  const key = btoa(String.fromCharCode(...bytes)).replace(/[+/=]/g, (sign) => ({ '+': '-', '/': '_' })[sign] ?? '')
  localStorage.setItem(oidcStorageKey, key)
  location.assign(`/session/oidc?key=${key}`)
}

/** @returns the reason why the sign-in was rejected */
export async function finishOidc(response: Record<string, string>): Promise<string | undefined> {
  const key = localStorage.getItem(oidcStorageKey)
  localStorage.removeItem(oidcStorageKey)
  if (key === null) return 'This sign-in was not begun in this browser. Sign in again.'
  return signIn({ oidc: { ...response, key } })
}

/** The ways to sign in beside a token. */
export async function signInMethods(): Promise<{ oidc: { issuer: string } | null }> {
  const response = await fetch('/session').catch(() => undefined)
  return response?.ok ? response.json() : { oidc: null }
}
