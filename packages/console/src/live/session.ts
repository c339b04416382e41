/**
 * The session of this browser. The cookie is out of reach of scripts; its CSRF token is kept in this origin's storage,
 * which belongs to one port (API.md, "Browser sessions").
 */
import type { Me } from '@ecs-api/client'

const storageKey = 'ecs-api.csrf'
/** The key of a sign-in at the identity provider that this browser has begun. */
const oidcStorageKey = 'ecs-api.oidc-key'

type SignedInOrOut =
  | { kind: 'unknown' }
  | { kind: 'signed-out'; reason: string | undefined }
  | { kind: 'signed-in'; me: Me }

/** `seenBy`: the caller whose data the pages show; empty for nobody. Nobody else may see it. */
export type SessionState = SignedInOrOut & { seenBy: string }

export type SignIn = { token: string } | { oneTimeCode: string } | { oidc: Record<string, string> }

/** Begins the keys of what a page keeps in the storage for this person. */
export const ofPersonKey = 'ecs-api.person.'

let state: SessionState = { kind: 'unknown', seenBy: '' }
const listeners = new Set<() => void>()

export const session = {
  get: () => state,
  subscribe: (listener: () => void) => {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  },
}

function set(next: SignedInOrOut, seenBy: string): void {
  state = { ...next, seenBy }
  for (const listener of listeners) listener()
}

export function csrfToken(): string {
  return localStorage.getItem(storageKey) ?? ''
}

function setSignedIn(me: Me): void {
  set({ kind: 'signed-in', me }, JSON.stringify(me))
}

function forgetPerson(storage: Storage): void {
  for (const key of Object.keys(storage)) if (key.startsWith(ofPersonKey)) storage.removeItem(key)
}

/** The person has signed out: the pages, which others may see now, go. */
function setSignedOut(reason?: string): void {
  forgetPerson(sessionStorage)
  set({ kind: 'signed-out', reason }, '')
}

// Another tab has signed in or out.
addEventListener('storage', ({ key }) => {
  if (key === storageKey) void restore()
})
// A page that the back button shows as it was has missed such events.
addEventListener('pageshow', ({ persisted }) => {
  if (persisted) void restore()
})

/** A problem of the API, or the lack of a response, as a sentence. */
async function sentenceOf(response: Response): Promise<string> {
  const problem = (await response.json().catch(() => undefined)) as { detail?: string } | undefined
  return problem?.detail ?? `The service responded with ${response.status}.`
}

/** Looks whether this browser is signed in. */
export async function restore(): Promise<void> {
  if (csrfToken() === '') return setSignedOut()
  const response = await fetch('/v1/ecs/me', { headers: { 'x-csrf-token': csrfToken() } }).catch(() => undefined)
  if (response?.ok) return setSignedIn((await response.json()) as Me)
  if (response?.status === 401) return set({ kind: 'signed-out', reason: undefined }, state.seenBy)
  // The service does not respond: the pages say so, and try again.
  if (state.kind === 'unknown') setTimeout(() => void restore(), 1000)
}

/** @returns the reason why the sign-in was rejected */
export async function signIn(body: SignIn): Promise<string | undefined> {
  const response = await fetch('/session', {
    method: 'POST',
    // The session that this browser had ends with the sign-in.
    headers: { 'content-type': 'application/json', 'x-csrf-token': csrfToken() },
    body: JSON.stringify(body),
  }).catch(() => undefined)
  if (!response) return 'The service does not respond.'
  if (!response.ok) return sentenceOf(response)
  const opened = (await response.json()) as { csrfToken: string; me: Me }
  localStorage.setItem(storageKey, opened.csrfToken)
  setSignedIn(opened.me)
  return undefined
}

export async function signOut(): Promise<void> {
  const headers = { 'x-csrf-token': csrfToken() }
  const response = await fetch('/session', { method: 'DELETE', headers }).catch(() => undefined)
  localStorage.removeItem(storageKey)
  forgetPerson(localStorage)
  const hasEnded = response?.ok || response?.status === 401
  setSignedOut(
    hasEnded
      ? undefined
      : 'This browser is signed out. The service did not respond: the session there ends after 12 hours.',
  )
}

/** A request was answered with 401. The page stays, with the sign-in above it. */
export function onSessionEnded(): void {
  if (state.kind === 'signed-in') {
    set({ kind: 'signed-out', reason: 'Your session has ended. Sign in to go on.' }, state.seenBy)
  }
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
