/** Signs a person in at the gateway's identity provider, with any browser (RFC 8628, device authorization grant). */
import type { Client } from '@ecs-api/client'
import { CliError, exitCode } from '../errors.ts'
import { isLoopback } from './token.ts'

interface SignInMethods {
  oidc: { issuer: string; clientId: string } | null
}

/**
 * @param print prints the address and the code for the person
 * @returns the id token, which the gateway accepts in place of a token
 */
export async function deviceSignIn(
  client: Client,
  print: (text: string) => void,
  signal: AbortSignal,
): Promise<string> {
  const { oidc } = await client.request<SignInMethods>('GET', '/session', { signal })
  if (!oidc)
    throw new CliError(
      exitCode.rejected,
      'This gateway has no identity provider for people.',
      'Sign in with a token: ecs-api login URL',
    )
  const { issuer, clientId } = oidc
  const openid = await import('openid-client')
  try {
    const isPlainHttp = isLoopback(issuer) && issuer.startsWith('http:')
    const configuration = await openid.discovery(new URL(issuer), clientId, undefined, openid.None(), {
      [openid.customFetch]: (address, { signal: timeout, ...options }) =>
        fetch(address, { ...options, signal: timeout ? AbortSignal.any([timeout, signal]) : signal }),
      execute: [openid.enableNonRepudiationChecks, ...(isPlainHttp ? [openid.allowInsecureRequests] : [])],
    })
    const authorization = await openid.initiateDeviceAuthorization(configuration, { scope: 'openid email profile' })
    print(`Open ${authorization.verification_uri_complete ?? authorization.verification_uri} in a browser.`)
    print(`The code is ${authorization.user_code}. Waiting for you to sign in there.`)
    const tokens = await openid.pollDeviceAuthorizationGrant(configuration, authorization, undefined, { signal })
    if (tokens.id_token !== undefined) return tokens.id_token
  } catch (error) {
    signal.throwIfAborted()
    throw new CliError(
      exitCode.notPermitted,
      `${issuer} did not sign you in: ${(error as Error).message}.`,
      'Try again, or sign in with a token: ecs-api login URL',
    )
  }
  throw new CliError(
    exitCode.notPermitted,
    `${issuer} signed you in without an id token.`,
    'Sign in with a token: ecs-api login URL',
  )
}
