/** The stored state of Parameter Store for one account in one Region. Times are milliseconds since 1970. */
import { partitionOf } from '@ecs-api/ecs-model'
import type { Clock } from '../clock.ts'
import type { Storage } from '../storage/storage.ts'
import type { StorageCipher } from '../storage/storage-cipher.ts'

export type ParameterType = 'String' | 'StringList' | 'SecureString'

export interface ParameterTag {
  Key?: string | undefined
  Value?: string | undefined
}

export interface ParameterRecord {
  name: string
  /** The numbers of the stored versions, ascending. */
  versions: number[]
  /** The version of each label. */
  labels: Record<string, number>
  tags: ParameterTag[]
}

export interface VersionRecord {
  version: number
  type: ParameterType
  /** The value; for a SecureString it is encrypted (storage/storage-cipher.ts). */
  stored: string
  tier: 'Standard' | 'Advanced'
  description?: string
  keyId?: string
  allowedPattern?: string
  modifiedAt: number
  modifiedBy: string
}

export type ParameterStore = ReturnType<typeof openParameterStore>

export function openParameterStore(storage: Storage, cipher: StorageCipher, account: string, region: string) {
  const versions = storage.table<VersionRecord>(`ssm/${account}/${region}/versions`)
  const versionKey = (name: string, version: number) => `${name} ${version}`
  const resourceOf = (name: string, version: number) => `ssm ${account} ${region} ${versionKey(name, version)}`
  return {
    arnStart: `arn:${partitionOf(region)}:ssm:${region}:${account}:parameter/`,
    /** The key of the table is the parameter's name. */
    parameters: storage.table<ParameterRecord>(`ssm/${account}/${region}/parameters`),
    /** @throws Error when the version is not stored: a defect of the engine. */
    version(name: string, version: number): VersionRecord {
      const found = versions.get(versionKey(name, version))
      if (!found) throw new Error(`the version ${version} of a parameter is not stored`)
      return found
    },
    addVersion(name: string, { value, ...version }: Omit<VersionRecord, 'stored'> & { value: string }): void {
      const stored = version.type === 'SecureString' ? cipher.encrypt(value, resourceOf(name, version.version)) : value
      versions.set(versionKey(name, version.version), { ...version, stored })
    },
    deleteVersion: (name: string, version: number) => versions.delete(versionKey(name, version)),
    /** The given value, decrypted. */
    valueOf: (name: string, { version, type, stored }: VersionRecord) =>
      type === 'SecureString' ? cipher.decrypt(stored, resourceOf(name, version)) : stored,
  }
}

/** The response of GetSecretValue. */
export interface SecretValue {
  ARN?: string | undefined
  Name?: string | undefined
  VersionId?: string | undefined
  SecretString?: string | undefined
  SecretBinary?: string | undefined
  VersionStages?: string[] | undefined
  /** Seconds since 1970. */
  CreatedDate?: number | undefined
}

/**
 * Reads a secret of the same account and Region.
 * @throws AwsError when it does not exist.
 */
export type ReadSecret = (secret: {
  /** The secret's name. */
  reference: string
  versionId: string | undefined
  stage: string | undefined
}) => SecretValue

/** The context of the actions of Parameter Store. */
export interface SsmContext {
  readSecret: ReadSecret
  store: ParameterStore
  clock: Clock
  /** The caller's ARN. */
  caller: string
  /** Ends a session of ECS Exec if it belongs to the caller's account and Region. */
  terminateSession: (sessionId: string) => void
}
