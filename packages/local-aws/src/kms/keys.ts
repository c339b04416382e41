/** The actions on keys: create, describe, list, enable, disable. */
import type {
  CreateKeyRequest,
  CreateKeyResponse,
  DescribeKeyRequest,
  DescribeKeyResponse,
  DisableKeyRequest,
  EnableKeyRequest,
  KeyMetadata,
  ListKeysRequest,
  ListKeysResponse,
} from '@aws-sdk/client-kms'
import type { AwsJson } from '@ecs-api/ecs-model'
import { toEpochSeconds } from '../clock.ts'
import { AwsError } from '../protocol/aws-error.ts'
import type { JsonActions } from '../protocol/json-actions.ts'
import { getKey } from './find-key.ts'
import { type KeyRecord, type KeyStore, type KmsContext, keyArn } from './key-record.ts'
import { pageByMarker } from './pages.ts'

export const keyActions = {
  CreateKey: createKey,
  DescribeKey: describeKey,
  ListKeys: listKeys,
  EnableKey: enableKey,
  DisableKey: disableKey,
} satisfies JsonActions<KmsContext>

/** The only accepted value of members of CreateKey: this engine has only symmetric keys for encryption. */
const onlyValues: Partial<Record<keyof CreateKeyRequest, string | boolean>> = {
  KeySpec: 'SYMMETRIC_DEFAULT',
  CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT',
  KeyUsage: 'ENCRYPT_DECRYPT',
  Origin: 'AWS_KMS',
  MultiRegion: false,
}
const unsupportedMembers = ['Policy', 'BypassPolicyLockoutSafetyCheck', 'CustomKeyStoreId', 'Tags', 'XksKeyId'] as const

function createKey({ store, clock, ids }: KmsContext, input: AwsJson<CreateKeyRequest>): AwsJson<CreateKeyResponse> {
  rejectUnsupported(input)
  const key: KeyRecord = {
    id: ids.uuid(),
    description: input.Description ?? '',
    isEnabled: true,
    createdAt: clock.now(),
  }
  store.keys.set(key.id, key)
  store.addMaterial(key.id)
  return { KeyMetadata: metadataOf(store, key) }
}

function describeKey({ store }: KmsContext, { KeyId = '' }: AwsJson<DescribeKeyRequest>): AwsJson<DescribeKeyResponse> {
  return { KeyMetadata: metadataOf(store, getKey(store, KeyId)) }
}

function listKeys({ store }: KmsContext, input: AwsJson<ListKeysRequest>): AwsJson<ListKeysResponse> {
  const { items, ...markers } = pageByMarker(store.keys.values(), input, ({ id }) => id)
  return { Keys: items.map(({ id }) => ({ KeyId: id, KeyArn: keyArn(store, id) })), ...markers }
}

function enableKey({ store }: KmsContext, { KeyId = '' }: AwsJson<EnableKeyRequest>): object {
  return setEnabled(store, KeyId, { isEnabled: true })
}

function disableKey({ store }: KmsContext, { KeyId = '' }: AwsJson<DisableKeyRequest>): object {
  return setEnabled(store, KeyId, { isEnabled: false })
}

function setEnabled(store: KeyStore, reference: string, { isEnabled }: { isEnabled: boolean }): object {
  const key = getKey(store, reference)
  store.keys.set(key.id, { ...key, isEnabled })
  return {}
}

function metadataOf(store: KeyStore, { id, description, isEnabled, createdAt }: KeyRecord): AwsJson<KeyMetadata> {
  return {
    AWSAccountId: store.account,
    KeyId: id,
    Arn: keyArn(store, id),
    CreationDate: toEpochSeconds(createdAt),
    Enabled: isEnabled,
    Description: description,
    KeyUsage: 'ENCRYPT_DECRYPT',
    KeyState: isEnabled ? 'Enabled' : 'Disabled',
    Origin: 'AWS_KMS',
    KeyManager: 'CUSTOMER',
    CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT',
    KeySpec: 'SYMMETRIC_DEFAULT',
    EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
    MultiRegion: false,
  }
}

/** Rejects members that the engine does not support, instead of ignoring them. */
function rejectUnsupported(input: AwsJson<CreateKeyRequest>): void {
  const member = unsupportedMembers.find((name) => input[name] !== undefined)
  if (member) throw new AwsError('UnsupportedOperationException', `This engine does not have ${member} of AWS KMS.`)
  for (const [name, only] of Object.entries(onlyValues)) {
    const value = input[name as keyof CreateKeyRequest]
    if (value !== undefined && value !== only)
      throw new AwsError('UnsupportedOperationException', `This engine has only keys whose ${name} is ${only}.`)
  }
}
