/** What Parameter Store holds for one account in one Region. Times are milliseconds since 1970. */
import { partitionOf } from '@ecs-api/ecs-model'
import type { Clock } from '../clock.ts'
import type { Sealing } from '../storage/sealing.ts'
import type { Storage } from '../storage/storage.ts'

export type ParameterType = 'String' | 'StringList' | 'SecureString'

export interface ParameterTag {
  Key?: string | undefined
  Value?: string | undefined
}

export interface ParameterRecord {
  name: string
  /** The numbers of the versions that are there, ascending. */
  versions: number[]
  /** Which version each label is at. */
  labels: Record<string, number>
  tags: ParameterTag[]
}

export interface VersionRecord {
  version: number
  type: ParameterType
  /** As given; of a SecureString sealed. */
  stored: string
  tier: 'Standard' | 'Advanced'
  description?: string
  keyId?: string
  allowedPattern?: string
  modifiedAt: number
  modifiedBy: string
}

export type Parameters = ReturnType<typeof openParameters>

export function openParameters(storage: Storage, sealing: Sealing, account: string, region: string) {
  const versions = storage.table<VersionRecord>(`ssm/${account}/${region}/versions`)
  const key = (name: string, version: number) => `${name} ${version}`
  const ofWhat = (name: string, version: number) => `ssm ${account} ${region} ${key(name, version)}`
  return {
    arnStart: `arn:${partitionOf(region)}:ssm:${region}:${account}:parameter/`,
    /** By name. */
    parameters: storage.table<ParameterRecord>(`ssm/${account}/${region}/parameters`),
    version(name: string, version: number): VersionRecord {
      const found = versions.get(key(name, version))
      if (!found) throw new Error(`the version ${version} of a parameter is not stored`)
      return found
    },
    addVersion(name: string, { value, ...version }: Omit<VersionRecord, 'stored'> & { value: string }): void {
      const stored = version.type === 'SecureString' ? sealing.seal(value, ofWhat(name, version.version)) : value
      versions.set(key(name, version.version), { ...version, stored })
    },
    forgetVersion: (name: string, version: number) => versions.delete(key(name, version)),
    /** The value as it was given. */
    valueOf: (name: string, { version, type, stored }: VersionRecord) =>
      type === 'SecureString' ? sealing.unseal(stored, ofWhat(name, version)) : stored,
  }
}

/** The answer of GetSecretValue. */
export interface ReferencedSecret {
  ARN?: string | undefined
  Name?: string | undefined
  VersionId?: string | undefined
  SecretString?: string | undefined
  SecretBinary?: string | undefined
  VersionStages?: string[] | undefined
  /** Seconds since 1970. */
  CreatedDate?: number | undefined
}

/** Reads a secret of the same account and Region. @throws AwsError when it is not there. */
export type ReadSecret = (name: string, versionId: string | undefined, stage: string | undefined) => ReferencedSecret

/** What an action of Parameter Store works on, and with. */
export interface ParametersContext {
  readSecret: ReadSecret
  store: Parameters
  clock: Clock
  /** The ARN of who asks. */
  caller: string
  /** Ends a session of ECS Exec, if it is one of the caller's account and Region. */
  terminateSession: (sessionId: string) => void
}
