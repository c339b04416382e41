/** The schemas of browser sessions in the API. */
import type { Static } from 'typebox'
import { meSchema } from '../tokens/schema.ts'
import { pageKeyPattern } from '../typebox/patterns.ts'
import { Type } from '../typebox/type.ts'

const secret = (description: string, examples: string[] = []) =>
  Type.String({ minLength: 1, maxLength: 16_384, description, ...(examples.length > 0 && { examples }) })

/**
 * 32 random bytes in base64url, which a page makes before it sends the browser to the issuer. Only the page that has
 * the key can finish the sign-in, so another person's sign-in cannot be forced on a browser.
 */
export const pageKeySchema = Type.String({
  pattern: pageKeyPattern,
  description:
    'The key with which the same page began the sign-in at `GET /session/oidc`: 32 random bytes in base64url.',
  examples: ['X1yJ8r4Tn6Lw9Zb5Hc0Gd2Fe7Ui1Oa3P2vQkq7s0m3x'],
})

export const signInSchema = Type.Object(
  {
    token: Type.Optional(secret('A token of the gateway, or a JWT of its OpenID Connect issuer.', ['ecsapi_k7m2p9…'])),
    oneTimeCode: Type.Optional(
      secret('A code of `POST /session/codes`. It is used up.', ['2vQkq7s0m3xX1yJ8r4Tn6Lw9Zb5']),
    ),
    oidc: Type.Optional(
      Type.Object(
        {
          key: pageKeySchema,
          code: secret('The code with which the issuer sent the browser back.', ['SplxlOBeZQQYbYS6WxSbIA']),
          state: secret('The state with which the issuer sent the browser back.', ['af0ifjsldkj']),
          iss: Type.Optional(secret('The issuer (RFC 9207), where the address has it.')),
        },
        { $id: 'OidcSignIn', additionalProperties: false },
      ),
    ),
  },
  {
    $id: 'SignIn',
    additionalProperties: false,
    minProperties: 1,
    maxProperties: 1,
    description: 'Exactly one of the three.',
    examples: [{ token: 'ecsapi_k7m2p9x4ab_2vQkq7s0m3xX1yJ8r4Tn6Lw9Zb5Hc0Gd2Fe7Ui1Oa3P' }],
  },
)
export type SignIn = Static<typeof signInSchema>

export const codeToCheckSchema = Type.Object(
  { oneTimeCode: secret('A code of `POST /session/codes`. It is not used up.') },
  { $id: 'CodeToCheck', additionalProperties: false },
)

export const checkedCodeSchema = Type.Object(
  { isOfCaller: Type.Boolean({ description: 'Whether the caller of this request made the code.' }) },
  { $id: 'CheckedCode' },
)

const time = Type.String({ format: 'date-time' })
const exampleOfMe = {
  name: 'portal',
  role: 'operator' as const,
  permissions: ['read' as const, 'change' as const],
  accounts: ['nonprod'],
  clusters: ['web-*'],
  taskDefinitions: ['*'],
  expiresAt: null,
}

export const sessionSchema = Type.Object(
  {
    csrfToken: Type.String({
      description: 'Every request with the cookie sends it as `X-CSRF-Token`, reads too. Only this response shows it.',
    }),
    expiresAt: time,
    me: meSchema,
  },
  {
    $id: 'Session',
    examples: [
      {
        csrfToken: 'X1yJ8r4Tn6Lw9Zb5Hc0Gd2Fe7Ui1Oa3P2vQkq7s0m3x',
        expiresAt: '2026-12-29T15:00:00.000Z',
        me: exampleOfMe,
      },
    ],
  },
)

export const endedSessionSchema = Type.Object(
  { me: meSchema },
  {
    $id: 'EndedSession',
    description: 'The session has ended, with its streams and terminals.',
    examples: [{ me: exampleOfMe }],
  },
)

export const oneTimeCodeSchema = Type.Object(
  {
    oneTimeCode: Type.String({ description: 'Signs in once. Only this response shows it.' }),
    path: Type.String({ description: 'The page of the console that signs in with the code.' }),
    expiresAt: time,
  },
  {
    $id: 'OneTimeCode',
    examples: [
      {
        oneTimeCode: '2vQkq7s0m3xX1yJ8r4Tn6Lw9Zb5Hc0Gd2Fe7Ui1Oa3P',
        path: '/#code=2vQkq7s0m3xX1yJ8r4Tn6Lw9Zb5Hc0Gd2Fe7Ui1Oa3P',
        expiresAt: '2026-11-29T15:10:00.000Z',
      },
    ],
  },
)

export const signInMethodsSchema = Type.Object(
  {
    oidc: Type.Union([
      Type.Object(
        { issuer: Type.String(), clientId: Type.String() },
        { $id: 'OidcSignInMethod', description: '`GET /session/oidc` begins this sign-in.' },
      ),
      Type.Null(),
    ]),
  },
  {
    $id: 'SignInMethods',
    description: 'How a browser can sign in, beside a token and a one-time code.',
    examples: [{ oidc: null }],
  },
)
