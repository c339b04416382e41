/** The actions that encrypt and decrypt: GenerateDataKey and Decrypt. */
import { randomBytes } from 'node:crypto'
import type {
  DecryptRequest,
  DecryptResponse,
  GenerateDataKeyRequest,
  GenerateDataKeyResponse,
} from '@aws-sdk/client-kms'
import type { AwsJson } from '@ecs-api/ecs-model'
import { AwsError } from '../protocol/aws-error.ts'
import type { JsonActions } from '../protocol/json-actions.ts'
import { decryptWithKey, type EncryptionContext, encryptWithKey, keyIdIn } from './ciphertext.ts'
import { getKey, getUsableKey } from './find-key.ts'
import { type KmsContext, keyArn } from './key-record.ts'

export const dataKeyActions = {
  GenerateDataKey: generateDataKey,
  Decrypt: decrypt,
} satisfies JsonActions<KmsContext>

/** The wire form of an input or output. Its members of the type blob are base64 text. */
type WithBase64<T, Blobs extends keyof T> = Omit<AwsJson<T>, Blobs> & { [K in Blobs]?: string }

function generateDataKey(
  { store }: KmsContext,
  input: AwsJson<GenerateDataKeyRequest>,
): WithBase64<GenerateDataKeyResponse, 'Plaintext' | 'CiphertextBlob'> {
  const { KeyId = '', NumberOfBytes, KeySpec, EncryptionContext = {}, DryRun = false } = input
  const { id } = getUsableKey(store, KeyId)
  if ((NumberOfBytes === undefined) === (KeySpec === undefined))
    throw new AwsError('ValidationException', 'Please specify either number of bytes or key spec.')
  if (DryRun) throw dryRunError()
  const plaintext = randomBytes(NumberOfBytes ?? (KeySpec === 'AES_128' ? 16 : 32))
  const ciphertext = encryptWithKey(store.materialOf(id), id, plaintext, EncryptionContext as EncryptionContext)
  return {
    KeyId: keyArn(store, id),
    Plaintext: plaintext.toString('base64'),
    CiphertextBlob: ciphertext.toString('base64'),
  }
}

function decrypt(
  { store }: KmsContext,
  input: WithBase64<DecryptRequest, 'CiphertextBlob'>,
): WithBase64<DecryptResponse, 'Plaintext'> {
  const { CiphertextBlob = '', EncryptionContext = {}, KeyId, EncryptionAlgorithm, DryRun = false } = input
  if (EncryptionAlgorithm !== undefined && EncryptionAlgorithm !== 'SYMMETRIC_DEFAULT')
    throw new AwsError('InvalidKeyUsageException', 'The engine has symmetric keys only.')
  const blob = Buffer.from(CiphertextBlob, 'base64')
  const id = keyIdIn(blob)
  // A blob of an unknown key was not encrypted by this engine.
  if (id === undefined || !store.keys.get(id)) throw new AwsError('InvalidCiphertextException')
  if (KeyId !== undefined && getKey(store, KeyId).id !== id)
    throw new AwsError(
      'IncorrectKeyException',
      'The key ID in the request does not identify a CMK that can perform this operation.',
    )
  getUsableKey(store, id)
  const plaintext = decryptWithKey(store.materialOf(id), blob, EncryptionContext as EncryptionContext)
  if (!plaintext) throw new AwsError('InvalidCiphertextException')
  if (DryRun) throw dryRunError()
  return {
    KeyId: keyArn(store, id),
    Plaintext: plaintext.toString('base64'),
    EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
  }
}

/** KMS answers with an error when a request with `DryRun` would succeed. */
function dryRunError(): AwsError {
  return new AwsError('DryRunOperationException', 'The request would have succeeded, but the DryRun option is set.', {
    status: 412,
  })
}
