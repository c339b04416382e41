/**
 * KMS in the engine: symmetric keys, aliases, data keys. The material of keys is stored encrypted and never returned.
 */
import type { Clock } from '../clock.ts'
import type { Ids } from '../ids.ts'
import type { JsonService } from '../protocol/aws-json.ts'
import { createJsonService } from '../protocol/json-actions.ts'
import { perAccountRegion } from '../storage/per-account-region.ts'
import type { Storage } from '../storage/storage.ts'
import type { StorageCipher } from '../storage/storage-cipher.ts'
import type { EncryptionContext } from './ciphertext.ts'
import { dataKeyActions } from './data-keys.ts'
import { type KmsContext, openKeyStore } from './key-record.ts'

/** The prefix of KMS's actions in the header X-Amz-Target. */
export const kmsTarget = 'TrentService'

export interface KmsDeps {
  storage: Storage
  cipher: StorageCipher
  clock: Clock
  ids: Ids
}

/** A request of the agent of ECS Exec to decrypt a data key. */
interface DecryptInput {
  /** The KMS key that must have encrypted the data key. */
  keyId: string
  ciphertext: Uint8Array
  context: EncryptionContext
}

export interface Kms {
  handleAction: JsonService
  /**
   * Decrypts like the action Decrypt.
   * @throws AwsError
   */
  decrypt(account: string, region: string, input: DecryptInput): Buffer
}

export function openKms({ storage, cipher, clock, ids }: KmsDeps): Kms {
  const storeOf = perAccountRegion((account, region) => openKeyStore(storage, cipher, account, region))
  const contextOf = ({ account, region }: { account: string; region: string }): KmsContext => ({
    store: storeOf(account, region),
    clock,
    ids,
  })
  return {
    handleAction: createJsonService({
      service: 'AWS KMS',
      invalidCode: 'ValidationException',
      load: () => import('./actions.ts'),
      contextOf,
      atomically: storage.atomically,
    }),
    decrypt(account, region, { keyId, ciphertext, context }) {
      const input = {
        KeyId: keyId,
        CiphertextBlob: Buffer.from(ciphertext).toString('base64'),
        EncryptionContext: context,
      }
      const { Plaintext = '' } = dataKeyActions.Decrypt(contextOf({ account, region }), input)
      return Buffer.from(Plaintext, 'base64')
    },
  }
}
