/** The stored state of KMS for one account in one Region. Times are milliseconds since 1970. */
import { randomBytes } from 'node:crypto'
import { partitionOf } from '@ecs-api/ecs-model'
import type { Clock } from '../clock.ts'
import type { Ids } from '../ids.ts'
import type { Sealing } from '../storage/sealing.ts'
import type { Storage } from '../storage/storage.ts'

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
  /** The id of its key. */
  target: string
  createdAt: number
}

export type Keys = ReturnType<typeof openKeys>

const materialBytes = 32

export function openKeys(storage: Storage, sealing: Sealing, account: string, region: string) {
  /** Sealed, by key. */
  const materials = storage.table<string>(`kms/${account}/${region}/materials`)
  const owner = (id: string) => `kms ${account} ${region} ${id}`
  return {
    account,
    region,
    arnStart: `arn:${partitionOf(region)}:kms:${region}:${account}:`,
    /** By id. */
    keys: storage.table<KeyRecord>(`kms/${account}/${region}/keys`),
    /** By name. */
    aliases: storage.table(`kms/${account}/${region}/aliases`, { target: ({ target }: AliasRecord) => target }),
    addMaterial: (id: string) =>
      materials.set(id, sealing.seal(randomBytes(materialBytes).toString('base64'), owner(id))),
    /** The 32 bytes of a key. They never leave this service. */
    materialOf: (id: string) => Buffer.from(sealing.unseal(materials.get(id) ?? '', owner(id)), 'base64'),
  }
}

/** The context of the actions of KMS. */
export interface KmsContext {
  store: Keys
  clock: Clock
  ids: Ids
}

export function keyArn({ arnStart }: Keys, id: string): string {
  return `${arnStart}key/${id}`
}

export function aliasArn({ arnStart }: Keys, name: string): string {
  return `${arnStart}${name}`
}
