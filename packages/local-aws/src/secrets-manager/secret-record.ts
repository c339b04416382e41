/** The stored state of Secrets Manager for one account in one Region. */
import { partitionOf } from '@ecs-api/ecs-model'
import type { Clock } from '../clock.ts'
import type { Ids } from '../ids.ts'
import type { Storage } from '../storage/storage.ts'
import type { StorageCipher } from '../storage/storage-cipher.ts'

export interface SecretTag {
  Key?: string | undefined
  Value?: string | undefined
}

/** A version of a secret. Its value is stored in another table. Times are milliseconds since 1970. */
export interface VersionRecord {
  id: string
  createdAt: number
  accessedAt?: number
  /** AWSCURRENT, AWSPREVIOUS and the client's own labels. A version without labels is deprecated. */
  stages: string[]
}

export interface SecretRecord {
  name: string
  arn: string
  description?: string
  kmsKeyId?: string
  createdAt: number
  changedAt: number
  accessedAt?: number
  /** The time of DeleteSecret. */
  deletedAt?: number
  /** The end of the recovery window. */
  goneAt?: number
  tags: SecretTag[]
  /** The JSON text that the client sent. */
  resourcePolicy?: string
  /** Oldest first. */
  versions: VersionRecord[]
}

/** The value of a version as it is stored. */
interface ValueRecord {
  kind: 'string' | 'binary'
  /** The encrypted `text` of the `SecretValue`. */
  sealed: string
}

export interface SecretValue {
  kind: 'string' | 'binary'
  /** The text of a string; the base64 of binary data. */
  text: string
}

export type SecretStore = ReturnType<typeof openSecretStore>

export function openSecretStore(storage: Storage, cipher: StorageCipher, account: string, region: string) {
  const values = storage.table<ValueRecord>(`secrets-manager/${account}/${region}/values`)
  /** The key of a value's row. A value is encrypted for its key, so that it cannot be decrypted in another row. */
  const valueKey = (secret: SecretRecord, version: string) => `${secret.arn} ${version}`
  return {
    arnStart: `arn:${partitionOf(region)}:secretsmanager:${region}:${account}:secret:`,
    region,
    /** The key of a secret is its name. The indexes find secrets by ARN, and secrets that are marked for deletion. */
    secrets: storage.table(`secrets-manager/${account}/${region}/secrets`, {
      arn: ({ arn }: SecretRecord) => arn,
      markedForDeletion: ({ goneAt }) => (goneAt === undefined ? undefined : 'yes'),
    }),
    valueOf(secret: SecretRecord, version: string): SecretValue | undefined {
      const found = values.get(valueKey(secret, version))
      return found && { kind: found.kind, text: cipher.decrypt(found.sealed, valueKey(secret, version)) }
    },
    setValue(secret: SecretRecord, version: string, { kind, text }: SecretValue): void {
      values.set(valueKey(secret, version), { kind, sealed: cipher.encrypt(text, valueKey(secret, version)) })
    },
    deleteValue(secret: SecretRecord, version: string): void {
      values.delete(valueKey(secret, version))
    },
  }
}

/** The context of the actions of Secrets Manager. */
export interface SecretsContext {
  store: SecretStore
  clock: Clock
  ids: Ids
}
