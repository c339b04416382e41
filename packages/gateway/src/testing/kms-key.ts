/** A client for the KMS of an AWS, with a key under an alias. */
import { KMS } from '@aws-sdk/client-kms'
import type { AwsSettings } from '../config/settings.ts'

const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' }

/** @param alias such as `alias/sessions` */
export async function createKmsWithKey(
  { endpoint = '', region }: Pick<AwsSettings, 'endpoint' | 'region'>,
  alias: string,
) {
  const kms = new KMS({ endpoint, region, credentials })
  const { KeyMetadata } = await kms.createKey({})
  const keyId = KeyMetadata?.KeyId ?? ''
  await kms.createAlias({ AliasName: alias, TargetKeyId: keyId })
  return { kms, keyId }
}
