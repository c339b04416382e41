/** The credentials of an account. The SDK renews temporary credentials some minutes before they expire. */
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
 * Returns a provider for the account's clients. The SDK's providers are loaded when the first call needs them.
 * @param stsSettings the settings of the provider's STS clients: they use the endpoint and the network of the account
 */
export function createCredentialProvider(
  settings: CredentialSettings,
  stsSettings: ClientSettings,
): AwsCredentialIdentityProvider {
  const baseProvider = baseProviderFor(settings, stsSettings)
  const { roleArn, externalId } = settings
  if (!roleArn) return baseProvider
  return lazyProvider(async () => {
    const { fromTemporaryCredentials } = await import('@aws-sdk/credential-providers')
    return fromTemporaryCredentials({
      masterCredentials: baseProvider,
      params: { RoleArn: roleArn, RoleSessionName: 'ecs-api', ...(externalId && { ExternalId: externalId }) },
      clientConfig: stsSettings,
    })
  })
}

/** Returns a provider of the credentials without a role. */
function baseProviderFor(
  { profile, accessKeyId, secretAccessKey, sessionToken }: CredentialSettings,
  stsSettings: ClientSettings,
): AwsCredentialIdentityProvider {
  if (accessKeyId && secretAccessKey)
    return async () => ({ accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) })
  return lazyProvider(async () => {
    const { fromNodeProviderChain } = await import('@aws-sdk/credential-providers')
    return fromNodeProviderChain({ ...(profile && { profile }), clientConfig: stsSettings })
  })
}

/** Returns a provider that is created at its first use. When that fails, the next use tries again. */
function lazyProvider(create: () => Promise<AwsCredentialIdentityProvider>): AwsCredentialIdentityProvider {
  let provider: AwsCredentialIdentityProvider | undefined
  return async (properties) => {
    provider ??= await create()
    return provider(properties)
  }
}
