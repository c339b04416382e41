/** Where an account's credentials come from. Whatever expires is renewed by the SDK some minutes before it does. */
import type { AwsCredentialIdentityProvider } from '@smithy/types'
import type { ClientSettings } from './client.ts'

export interface CredentialSettings {
  profile?: string | undefined
  accessKeyId?: string | undefined
  secretAccessKey?: string | undefined
  sessionToken?: string | undefined
  /** A role to assume with the credentials above, or with those of the default chain. */
  roleArn?: string | undefined
  externalId?: string | undefined
}

/**
 * A provider for the account's clients. `forSts` is what its STS clients are made with: the account's endpoint and network are theirs too.
 * Providers are loaded when the first call needs them.
 */
export function credentialsFor(settings: CredentialSettings, forSts: ClientSettings): AwsCredentialIdentityProvider {
  const base = baseCredentials(settings, forSts)
  const { roleArn, externalId } = settings
  if (!roleArn) return base
  return lazily(async () => {
    const { fromTemporaryCredentials } = await import('@aws-sdk/credential-providers')
    return fromTemporaryCredentials({
      masterCredentials: base,
      params: { RoleArn: roleArn, RoleSessionName: 'ecs-api', ...(externalId && { ExternalId: externalId }) },
      clientConfig: forSts,
    })
  })
}

function baseCredentials(
  { profile, accessKeyId, secretAccessKey, sessionToken }: CredentialSettings,
  forSts: ClientSettings,
): AwsCredentialIdentityProvider {
  if (accessKeyId && secretAccessKey)
    return async () => ({ accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) })
  return lazily(async () => {
    const { fromNodeProviderChain } = await import('@aws-sdk/credential-providers')
    return fromNodeProviderChain({ ...(profile && { profile }), clientConfig: forSts })
  })
}

/** A provider that is made when first asked. A failure to make it is not kept. */
function lazily(make: () => Promise<AwsCredentialIdentityProvider>): AwsCredentialIdentityProvider {
  let made: AwsCredentialIdentityProvider | undefined
  return async (properties) => {
    made ??= await make()
    return made(properties)
  }
}
