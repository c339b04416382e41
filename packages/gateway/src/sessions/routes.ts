/** The routes of browser sessions (API.md, "Browser sessions"). */
import type { BrowserSessions, OpenedSession } from '../access/browser-sessions.ts'
import type { FencedCaller } from '../access/caller.ts'
import type { OidcSignIn } from '../access/oidc-sign-in.ts'
import type { Caller } from '../http/caller.ts'
import { readGatewayBody } from '../http/request/body.ts'
import { oidcCookies, sessionCookies, setOidcCookie, setSessionCookie } from '../http/request/session-cookie.ts'
import type { Api, CallBasics, RouteSchema } from '../http/route.ts'
import type { Audit } from '../http/server-deps.ts'
import { BadRequest, Forbidden, NotFound, Unauthorized } from '../problems/problem.ts'
import { presentMe } from '../tokens/schema.ts'
import { Type } from '../typebox/type.ts'
import { endedSession, oneTimeCode, pageKey, type SignIn, session, signIn, signInMethods } from './schema.ts'

const tag = 'Browser sessions'

const open = {
  summary: 'Sign in',
  operationId: 'createSession',
  description:
    'Opens a session for a browser: sets a cookie, and returns the CSRF token that every request with the cookie ' +
    'sends as `X-CSRF-Token`. Only for pages of this service (`Origin`, `Sec-Fetch-Site`). The session that the ' +
    'request itself shows, with cookie and `X-CSRF-Token`, ends.',
  tag,
  public: true,
  isAuditedByHandler: true,
  // A JWT is the longest of them.
  maxBodyBytes: 32_768,
  isNeverCompressed: true,
  body: signIn,
  repeats: () => 'anew',
  answers: { 201: session },
  problems: ['SignInRejected', 'OriginNotAllowed', 'NoIdentityProvider', 'IdentityProviderUnreachable'],
} satisfies RouteSchema

const end = {
  summary: 'Sign out',
  operationId: 'deleteSession',
  description: 'Ends the session of the request, with its streams and terminals, within a second in all processes.',
  tag,
  permission: 'read',
  mayPrecedeAudit: true,
  answers: { 200: endedSession },
  problems: ['SessionNotFound'],
} satisfies RouteSchema

const methods = {
  summary: 'Ways to sign in',
  operationId: 'getSignInMethods',
  tag,
  public: true,
  answers: { 200: signInMethods },
} satisfies RouteSchema

/**
 * Sends the browser to the OpenID Connect issuer, which sends it back to `/console/sign-in` with a code for
 * `POST /session`. The sign-in page goes there; no client calls it.
 */
const beginOidc = {
  summary: 'Sign in at the identity provider',
  tag,
  public: true,
  hidden: true,
  query: { key: pageKey },
  answers: { 302: Type.Null({ description: 'To the issuer.' }) },
  problems: ['OriginNotAllowed', 'NoIdentityProvider', 'IdentityProviderUnreachable', 'TooManySignIns'],
} satisfies RouteSchema

const makeCode = {
  summary: 'Create a one-time code',
  operationId: 'createOneTimeCode',
  description: 'A code that signs a browser in as this token, once, within 10 minutes.',
  tag,
  permission: 'read',
  isNeverCompressed: true,
  repeats: () => 'anew',
  answers: { 201: oneTimeCode },
  problems: ['TokenLimitExceeded'],
} satisfies RouteSchema

export interface SessionRoutesDeps {
  sessions: BrowserSessions
  /** The caller of a token or a JWT. */
  authenticate: (token: string) => FencedCaller | undefined | Promise<FencedCaller | undefined>
  /** Undefined where no issuer, or no client of it, is configured. */
  oidc: OidcSignIn | undefined
  audit: Audit
  /** Counts a failed sign-in of an address. @throws TooManyRequests `RateLimitExceeded` */
  countFailure: (address: string) => void
  /** Counts a sign-in that an address begins at the issuer. @throws TooManyRequests `RateLimitExceeded` */
  countOidcSignIn: (address: string) => void
  /** Milliseconds since 1970. */
  now: () => number
}

type Sent = CallBasics<string, Record<never, never>>['sent']

export function sessionRoutes<Account>(rootApi: Api<Account>, deps: SessionRoutesDeps): void {
  const { sessions, oidc, now } = deps
  rootApi.post('/session', { schema: open }, async ({ body, sent }, reply) => {
    requireOwnPage(sent)
    const { caller, endsBy } = await whoSignsIn(deps, readGatewayBody(signIn, body), sent).catch((error: unknown) => {
      if (error instanceof Unauthorized) deps.countFailure(sent.source)
      throw error
    })
    const before = await sessionOf(deps, sent)
    const opened = await audited(deps, caller, sent, () => sessions.open(caller, endsBy))
    // Its streams and terminals must not go on for the next person at this browser.
    if (before !== undefined) await sessions.end(before)
    const seconds = Math.floor((opened.expiresAt - now()) / 1000)
    return reply
      .created(presentSession(opened))
      .withHeaders({ 'set-cookie': setSessionCookie(opened.cookie, seconds, sent.reachedPort) })
  })
  rootApi.delete('/session', { schema: end }, async ({ caller, sent }, reply) => {
    const hash = sessionHash(caller)
    if (hash === undefined) throw new NotFound('SessionNotFound', 'This request has no session.')
    await sessions.end(hash)
    return reply.ok({ me: presentMe(caller) }).withHeaders({ 'set-cookie': setSessionCookie('', 0, sent.reachedPort) })
  })
  rootApi.get('/session', { schema: methods }, () => ({ oidc: oidc?.publicSettings ?? null }))
  rootApi.get('/session/oidc', { schema: beginOidc }, async ({ query, sent }, reply) => {
    requireNoOtherPage(sent)
    const provider = requireOidc(oidc)
    deps.countOidcSignIn(sent.source)
    const { url, cookie, maxAgeSeconds } = await provider.begin(sent.ownOrigin, query.key)
    return reply.redirect(url).withHeaders({ 'set-cookie': setOidcCookie(cookie, maxAgeSeconds, sent.reachedPort) })
  })
  rootApi.post('/session/codes', { schema: makeCode }, async ({ caller }, reply) => {
    const { code, expiresAt } = await sessions.createCode(caller as FencedCaller)
    return reply.created({
      oneTimeCode: code,
      path: pathWithCode(code),
      expiresAt: new Date(expiresAt).toISOString(),
    })
  })
}

/** The page that signs in with a code. Browsers send no fragment to a server. */
export function pathWithCode(code: string): string {
  return `/#code=${code}`
}

/** Other sites must not sign a person in here (login CSRF). @throws Forbidden `OriginNotAllowed` */
function requireOwnPage({ headers, origin, ownOrigin }: Sent): void {
  if (headers['sec-fetch-site'] === 'same-origin' || origin === ownOrigin) return
  throw new Forbidden('OriginNotAllowed', 'Only a page of this service can sign in.', {
    next: `Open ${ownOrigin}/ in a browser. A program sends its token with each request and needs no session.`,
  })
}

/**
 * Another site's page must not begin a sign-in. Browsers send no `Origin` with a navigation, and `Sec-Fetch-Site` to
 * secure addresses only. @throws Forbidden `OriginNotAllowed`
 */
function requireNoOtherPage({ headers, ownOrigin }: Sent): void {
  const site = headers['sec-fetch-site']
  if (site === undefined || site === 'same-origin' || site === 'none') return
  throw new Forbidden('OriginNotAllowed', 'Only a page of this service can begin a sign-in.', {
    next: `Open ${ownOrigin}/ in a browser.`,
  })
}

/** `endsBy`: the end that the session has beside that of its caller, in milliseconds since 1970. */
async function whoSignsIn(
  { sessions, authenticate, oidc }: SessionRoutesDeps,
  input: SignIn,
  { headers, reachedPort }: Sent,
): Promise<{ caller: FencedCaller; endsBy?: number | undefined }> {
  if (input.token !== undefined) {
    const caller = await authenticate(input.token)
    if (caller) return { caller }
    throw rejected('This token is not known here.')
  }
  if (input.oneTimeCode !== undefined) {
    const redeemed = await sessions.redeem(input.oneTimeCode)
    if (redeemed) return redeemed
    throw rejected(
      'This code is not known here, was used, is older than 10 minutes, or was made in a session that has ended.',
    )
  }
  if (input.oidc) return { caller: await requireOidc(oidc).finish(oidcCookies(headers, reachedPort), input.oidc) }
  const message = 'has none of token, oneTimeCode, oidc'
  throw new BadRequest('InvalidBody', `The body ${message}.`, { errors: [{ in: 'body', pointer: '', message }] })
}

function rejected(detail: string): Unauthorized {
  return new Unauthorized('SignInRejected', detail, { next: 'Sign in with a token, or make a new code.' })
}

/** @throws NotFound `NoIdentityProvider` */
function requireOidc(oidc: OidcSignIn | undefined): OidcSignIn {
  if (oidc) return oidc
  throw new NotFound('NoIdentityProvider', 'This service has no identity provider for browsers.', {
    next: 'Sign in with a token. The configuration names an identity provider with oidc.issuer and oidc.clientId.',
  })
}

/** The audit log has successful sign-ins only: anybody can try, and failed tries could fill the store. */
async function audited(
  { audit }: SessionRoutesDeps,
  caller: FencedCaller,
  { requestId, source }: Sent,
  work: () => Promise<OpenedSession>,
): Promise<OpenedSession> {
  const entry = await audit.begin({
    requestId,
    caller: caller.name,
    role: caller.role,
    source,
    action: 'POST /session',
    path: '/session',
    account: undefined,
    cluster: undefined,
    query: {},
    body: undefined,
  })
  const opened = await work()
  await audit.finish(entry, { status: 201, code: undefined, awsRequestIds: [] })
  return opened
}

/** The hash of the session of the request, which is not its caller on a public route. */
async function sessionOf({ sessions }: SessionRoutesDeps, { headers, reachedPort }: Sent): Promise<string | undefined> {
  const csrfToken = headers['x-csrf-token']
  if (typeof csrfToken !== 'string') return undefined
  const caller = await sessions.authenticate(sessionCookies(headers, reachedPort), csrfToken)
  return caller && sessionHash(caller)
}

function sessionHash({ credential }: Caller): string | undefined {
  const { kind, hash } = (credential ?? {}) as { kind?: string; hash?: string }
  return kind === 'session' ? hash : undefined
}

function presentSession({ csrfToken, expiresAt, caller }: OpenedSession) {
  return { csrfToken, expiresAt: new Date(expiresAt).toISOString(), me: presentMe(caller) }
}
