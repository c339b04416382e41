/** The stored state of KMS for one account in one Region. Times are milliseconds since 1970. */
import { randomBytes } from 'node:crypto'
import { partitionOf } from '@ecs-api/ecs-model'
import type { Clock } from '../clock.ts'
import type { Ids } from '../ids.ts'
import type { Storage } from '../storage/storage.ts'
import type { StorageCipher } from '../storage/storage-cipher.ts'

/** A symmetric key without its material. */
export interface KeyRecord {
  /** A UUID. */
  id: string
  description: string
  isEnabled: boolean
  createdAt: number
}

export interface AliasRecord {
  /** With the prefix `alias/`. */
  name: string
  /** The id of the alias's key. */
  target: string
  createdAt: number
}

export type KeyStore = ReturnType<typeof openKeyStore>

const materialBytes = 32

export function openKeyStore(storage: Storage, cipher: StorageCipher, account: string, region: string) {
  /** The encrypted material of each key, by key id. */
  const materials = storage.table<string>(`kms/${account}/${region}/materials`)
  const resourceOf = (id: string) => `kms ${account} ${region} ${id}`
  return {
    account,
    region,
    arnStart: `arn:${partitionOf(region)}:kms:${region}:${account}:`,
    /** The key of the table is the id of the KMS key. */
    keys: storage.table<KeyRecord>(`kms/${account}/${region}/keys`),
    /** The key of the table is the alias's name. */
    aliases: storage.table(`kms/${account}/${region}/aliases`, { target: ({ target }: AliasRecord) => target }),
    addMaterial: (id: string) =>
      materials.set(id, cipher.encrypt(randomBytes(materialBytes).toString('base64'), resourceOf(id))),
    /** The 32 secret bytes of a key. They never leave KMS. */
    materialOf: (id: string) => Buffer.from(cipher.decrypt(materials.get(id) ?? '', resourceOf(id)), 'base64'),
  }
}

/** The context of the actions of KMS. */
export interface KmsContext {
  store: KeyStore
  clock: Clock
  ids: Ids
}

export function keyArn({ arnStart }: KeyStore, id: string): string {
  return `${arnStart}key/${id}`
}

export function aliasArn({ arnStart }: KeyStore, name: string): string {
  return `${arnStart}${name}`
}
