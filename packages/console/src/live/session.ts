/**
 * The session of this browser. Scripts cannot read its cookie. Its CSRF token is in the storage of this origin, which
 * programs on other ports cannot read (API.md, "Browser sessions").
 */
import type { Me } from '@ecs-api/client'

const storageKey = 'ecs-api.csrf'
/** Holds the random key of a sign-in at the identity provider that this browser has begun. */
const oidcStorageKey = 'ecs-api.oidc-key'

type SignedInOrOut =
  | { kind: 'unknown' }
  | { kind: 'signed-out'; reason: string | undefined }
  | { kind: 'signed-in'; me: Me }

/** `dataVisibleTo`: the caller for whom the data on the pages were read, as JSON; empty when the pages show no data. */
export type SessionState = SignedInOrOut & { dataVisibleTo: string }

/** The body of a sign-in request. */
export type SignInBody = { token: string } | { oneTimeCode: string } | { oidc: Record<string, string> }

/** The prefix of all storage keys whose values belong to the signed-in person. A sign-out removes them. */
export const keyPrefixUntilSignOut = 'ecs-api.person.'

let state: SessionState = { kind: 'unknown', dataVisibleTo: '' }
const listeners = new Set<() => void>()

export const session = {
  get: () => state,
  subscribe: (listener: () => void) => {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  },
}

function setState(next: SignedInOrOut, dataVisibleTo: string): void {
  state = { ...next, dataVisibleTo }
  for (const listener of listeners) listener()
}

export function csrfToken(): string {
  return localStorage.getItem(storageKey) ?? ''
}

function setSignedIn(me: Me): void {
  setState({ kind: 'signed-in', me }, JSON.stringify(me))
}

function forgetPerson(storage: Storage): void {
  for (const key of Object.keys(storage)) if (key.startsWith(keyPrefixUntilSignOut)) storage.removeItem(key)
}

/** Removes all data of the person after a sign-out: another person may use this browser next. */
function setSignedOut(reason?: string): void {
  forgetPerson(sessionStorage)
  setState({ kind: 'signed-out', reason }, '')
}

// Another tab has signed in or out.
addEventListener('storage', ({ key }) => {
  if (key === storageKey) void restoreSession()
})
// A page that the back button restores from the browser's cache has missed such events.
addEventListener('pageshow', ({ persisted }) => {
  if (persisted) void restoreSession()
})

/** The sentence that explains a rejected request: the detail of the API's problem, or else the status. */
async function problemSentence(response: Response): Promise<string> {
  const problem = (await response.json().catch(() => undefined)) as { detail?: string } | undefined
  return problem?.detail ?? `The gateway responded with ${response.status}.`
}

/** Asks the gateway whether this browser has a session, and shows the answer in `session`. */
export async function restoreSession(): Promise<void> {
  if (csrfToken() === '') return setSignedOut()
  const response = await fetch('/v1/ecs/me', { headers: { 'x-csrf-token': csrfToken() } }).catch(() => undefined)
  if (response?.ok) return setSignedIn((await response.json()) as Me)
  if (response?.status === 401) return setState({ kind: 'signed-out', reason: undefined }, state.dataVisibleTo)
  // The gateway does not respond: the pages say so, and try again.
  if (state.kind === 'unknown') setTimeout(() => void restoreSession(), 1000)
}

/** @returns the reason why the sign-in was rejected */
export async function signIn(body: SignInBody): Promise<string | undefined> {
  const response = await fetch('/session', {
    method: 'POST',
    // With the CSRF token the gateway ends the previous session of this browser.
    headers: { 'content-type': 'application/json', 'x-csrf-token': csrfToken() },
    body: JSON.stringify(body),
  }).catch(() => undefined)
  if (!response) return 'The gateway does not respond.'
  if (!response.ok) return problemSentence(response)
  const opened = (await response.json()) as { csrfToken: string; me: Me }
  localStorage.setItem(storageKey, opened.csrfToken)
  setSignedIn(opened.me)
  return undefined
}

/** Whether the signed-in person made the one-time code, such as by `ecs-api open` with the same token. */
export async function isOwnCode(oneTimeCode: string): Promise<boolean> {
  const response = await fetch('/session/codes/check', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-csrf-token': csrfToken() },
    body: JSON.stringify({ oneTimeCode }),
  }).catch(() => undefined)
  return response?.ok === true && ((await response.json()) as { isOfCaller: boolean }).isOfCaller
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
      : 'This browser is signed out. The gateway did not respond, so it ends the session only after 12 hours.',
  )
}

/** Call it after a response with status 401. The page stays, with a sign-in dialog above it. */
export function onSessionEnded(): void {
  if (state.kind === 'signed-in') {
    setState({ kind: 'signed-out', reason: 'Your session has ended. Sign in to go on.' }, state.dataVisibleTo)
  }
}

/**
 * Opens the sign-in page of the identity provider, which sends the browser back afterwards. The stored key then proves
 * that this origin began the sign-in. A cookie would not prove it, because programs on other ports can set one.
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
  // The texts of the address can be anybody's, so that only a code of OAuth (RFC 6749) is shown.
  if (response.error !== undefined)
    return `The identity provider did not sign you in${/^\w{1,40}$/.test(response.error) ? ` (${response.error})` : ''}.`
  return signIn({ oidc: { ...response, key } })
}

/** The ways to sign in without a token. */
export async function signInMethods(): Promise<{ oidc: { issuer: string } | null }> {
  const response = await fetch('/session').catch(() => undefined)
  return response?.ok ? response.json() : { oidc: null }
}
