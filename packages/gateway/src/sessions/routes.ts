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
import { toMeResource } from '../tokens/schema.ts'
import { Type } from '../typebox/type.ts'
import {
  checkedCodeSchema,
  codeToCheckSchema,
  endedSessionSchema,
  oneTimeCodeSchema,
  pageKeySchema,
  type SignIn,
  sessionSchema,
  signInMethodsSchema,
  signInSchema,
} from './schema.ts'

const tag = 'Browser sessions'

const open = {
  summary: 'Sign in',
  operationId: 'createSession',
  description:
    'Opens a session for a browser: sets a cookie, and returns the CSRF token that every request with the cookie ' +
    'sends as `X-CSRF-Token`. Only for pages of the gateway (`Origin`, `Sec-Fetch-Site`). The session that the ' +
    'request itself shows, with cookie and `X-CSRF-Token`, ends.',
  tag,
  isPublic: true,
  isAuditedByHandler: true,
  // The longest body has a JWT.
  maxBodyBytes: 32_768,
  isNeverCompressed: true,
  body: signInSchema,
  onRepeatedKey: () => 'call-handler',
  answers: { 201: sessionSchema },
  problems: ['SignInRejected', 'OriginNotAllowed', 'NoIdentityProvider', 'IdentityProviderUnreachable'],
} satisfies RouteSchema

const end = {
  summary: 'Sign out',
  operationId: 'deleteSession',
  description: 'Ends the session of the request, with its streams and terminals, within a second in all processes.',
  tag,
  permission: 'read',
  mayPrecedeAudit: true,
  answers: { 200: endedSessionSchema },
  problems: ['SessionNotFound'],
} satisfies RouteSchema

const methods = {
  summary: 'Ways to sign in',
  operationId: 'getSignInMethods',
  tag,
  isPublic: true,
  answers: { 200: signInMethodsSchema },
} satisfies RouteSchema

/**
 * Redirects the browser to the OpenID Connect issuer, which redirects it back to `/console/sign-in` with a code for
 * `POST /session`. Only the sign-in page uses this route.
 */
const beginOidc = {
  summary: 'Sign in at the identity provider',
  tag,
  isPublic: true,
  isHidden: true,
  query: { key: pageKeySchema },
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
  onRepeatedKey: () => 'call-handler',
  answers: { 201: oneTimeCodeSchema },
  problems: ['TokenLimitExceeded'],
} satisfies RouteSchema

/** The console asks it before it uses a code, so that a code of the same caller needs no question. */
const checkCode = {
  summary: 'Whether the caller made this one-time code',
  tag,
  isHidden: true,
  permission: 'read',
  // It changes nothing, so the audit log has no entry.
  isAuditedByHandler: true,
  body: codeToCheckSchema,
  answers: { 200: checkedCodeSchema },
} satisfies RouteSchema

export interface SessionRoutesDeps {
  sessions: BrowserSessions
  /** The caller of a token or a JWT. */
  authenticate: (token: string) => FencedCaller | undefined | Promise<FencedCaller | undefined>
  /** Undefined when `oidc.issuer` or `oidc.clientId` is not configured. */
  oidc: OidcSignIn | undefined
  audit: Audit
  /** Counts a failed sign-in of an address. @throws TooManyRequests `RateLimitExceeded` */
  countFailure: (address: string) => void
  /** Counts a sign-in that an address begins at the issuer. @throws TooManyRequests `RateLimitExceeded` */
  countOidcSignIn: (address: string) => void
  /** Milliseconds since 1970. */
  now: () => number
}

type RequestDetails = CallBasics<string, Record<never, never>>['requestDetails']

export function sessionRoutes<Account>(rootApi: Api<Account>, deps: SessionRoutesDeps): void {
  const { sessions, oidc, now } = deps
  rootApi.post('/session', { schema: open }, async ({ body, requestDetails }, reply) => {
    requireOwnPage(requestDetails)
    const { caller, endsBy } = await authenticateSignIn(
      deps,
      readGatewayBody(signInSchema, body),
      requestDetails,
    ).catch((error: unknown) => {
      if (error instanceof Unauthorized) deps.countFailure(requestDetails.source)
      throw error
    })
    const replacedSession = await findSessionHash(deps, requestDetails)
    const opened = await openWithAuditEntry(deps, caller, requestDetails, () => sessions.open(caller, endsBy))
    // The streams and terminals of the replaced session must not go on for the next person at this browser.
    if (replacedSession !== undefined) await sessions.end(replacedSession)
    const seconds = Math.floor((opened.expiresAt - now()) / 1000)
    return reply
      .created(toSessionResource(opened))
      .withHeaders({ 'set-cookie': setSessionCookie(opened.cookie, seconds, requestDetails.reachedPort) })
  })
  rootApi.delete('/session', { schema: end }, async ({ caller, requestDetails }, reply) => {
    const hash = sessionHash(caller)
    if (hash === undefined) throw new NotFound('SessionNotFound', 'This request has no session.')
    await sessions.end(hash)
    return reply
      .ok({ me: toMeResource(caller) })
      .withHeaders({ 'set-cookie': setSessionCookie('', 0, requestDetails.reachedPort) })
  })
  rootApi.get('/session', { schema: methods }, () => ({ oidc: oidc?.publicSettings ?? null }))
  rootApi.get('/session/oidc', { schema: beginOidc }, async ({ query, requestDetails }, reply) => {
    rejectOtherSite(requestDetails)
    const provider = requireOidc(oidc)
    deps.countOidcSignIn(requestDetails.source)
    const { url, cookie, maxAgeSeconds } = await provider.begin(requestDetails.ownOrigin, query.key)
    return reply
      .redirect(url)
      .withHeaders({ 'set-cookie': setOidcCookie(cookie, maxAgeSeconds, requestDetails.reachedPort) })
  })
  rootApi.post('/session/codes', { schema: makeCode }, async ({ caller }, reply) => {
    const { code, expiresAt } = await sessions.createCode(caller as FencedCaller)
    return reply.created({
      oneTimeCode: code,
      path: pathWithCode(code),
      expiresAt: new Date(expiresAt).toISOString(),
    })
  })
  rootApi.post('/session/codes/check', { schema: checkCode }, async ({ caller, body }) => {
    const { oneTimeCode } = readGatewayBody(codeToCheckSchema, body)
    return { isOfCaller: await sessions.isCodeOf(caller as FencedCaller, oneTimeCode) }
  })
}

/**
 * The path of the page that signs in with a code. The code is in the fragment, which browsers do not send to a server.
 */
export function pathWithCode(code: string): string {
  return `/#code=${code}`
}

/** Other sites must not sign a person in here (login CSRF). @throws Forbidden `OriginNotAllowed` */
function requireOwnPage({ headers, origin, ownOrigin }: RequestDetails): void {
  if (headers['sec-fetch-site'] === 'same-origin' || origin === ownOrigin) return
  throw new Forbidden('OriginNotAllowed', 'Only a page of the gateway can sign in.', {
    next: `Open ${ownOrigin}/ in a browser. A program sends its token with each request and needs no session.`,
  })
}

/**
 * A page of another site must not begin a sign-in. A request without `Sec-Fetch-Site` is allowed, because browsers send
 * this header only to secure addresses. The check cannot use `Origin`, which browsers do not send with a navigation.
 * @throws Forbidden `OriginNotAllowed`
 */
function rejectOtherSite({ headers, ownOrigin }: RequestDetails): void {
  const site = headers['sec-fetch-site']
  if (site === undefined || site === 'same-origin' || site === 'none') return
  throw new Forbidden('OriginNotAllowed', 'Only a page of the gateway can begin a sign-in.', {
    next: `Open ${ownOrigin}/ in a browser.`,
  })
}

/**
 * Authenticates the caller of a sign-in.
 * @returns `endsBy`: the latest end of the session, in milliseconds since 1970; undefined for no such limit
 */
async function authenticateSignIn(
  { sessions, authenticate, oidc }: SessionRoutesDeps,
  input: SignIn,
  { headers, reachedPort }: RequestDetails,
): Promise<{ caller: FencedCaller; endsBy?: number | undefined }> {
  if (input.token !== undefined) {
    const caller = await authenticate(input.token)
    if (caller) return { caller }
    throw signInRejected(
      'This token is not known here.',
      'Copy it completely: it begins with ecsapi_. On the machine of the gateway, npx ecs-api open signs you in.',
    )
  }
  if (input.oneTimeCode !== undefined) {
    const redeemed = await sessions.redeem(input.oneTimeCode)
    if (redeemed) return redeemed
    throw signInRejected(
      'This code is not known here, was used, is older than 10 minutes, or was made in a session that has ended.',
      'Make a new one with npx ecs-api open, or sign in with a token.',
    )
  }
  if (input.oidc) return { caller: await requireOidc(oidc).finish(oidcCookies(headers, reachedPort), input.oidc) }
  const message = 'has none of token, oneTimeCode, oidc'
  throw new BadRequest('InvalidBody', `The body ${message}.`, { errors: [{ in: 'body', pointer: '', message }] })
}

function signInRejected(detail: string, next: string): Unauthorized {
  return new Unauthorized('SignInRejected', detail, { next })
}

/** @throws NotFound `NoIdentityProvider` */
function requireOidc(oidc: OidcSignIn | undefined): OidcSignIn {
  if (oidc) return oidc
  throw new NotFound('NoIdentityProvider', 'The gateway has no identity provider for browsers.', {
    next: 'Sign in with a token. The configuration names an identity provider with oidc.issuer and oidc.clientId.',
  })
}

/**
 * Opens a session with an entry in the audit log. The log has only successful sign-ins, because anybody can try to sign
 * in and failed attempts could fill the store.
 */
async function openWithAuditEntry(
  { audit }: SessionRoutesDeps,
  caller: FencedCaller,
  { requestId, source }: RequestDetails,
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
    service: undefined,
    query: {},
    body: undefined,
  })
  const opened = await work()
  await audit.finish(entry, { status: 201, code: undefined, awsRequestIds: [] })
  return opened
}

/**
 * The hash of the session that the request shows with its cookie and CSRF token. A public route, such as the sign-in,
 * has no caller from whom the hash could be taken.
 */
async function findSessionHash(
  { sessions }: SessionRoutesDeps,
  { headers, reachedPort }: RequestDetails,
): Promise<string | undefined> {
  const csrfToken = headers['x-csrf-token']
  if (typeof csrfToken !== 'string') return undefined
  const caller = await sessions.authenticate(sessionCookies(headers, reachedPort), csrfToken)
  return caller && sessionHash(caller)
}

function sessionHash({ credential }: Caller): string | undefined {
  const { kind, hash } = (credential ?? {}) as { kind?: string; hash?: string }
  return kind === 'session' ? hash : undefined
}

function toSessionResource({ csrfToken, expiresAt, caller }: OpenedSession) {
  return { csrfToken, expiresAt: new Date(expiresAt).toISOString(), me: toMeResource(caller) }
}
