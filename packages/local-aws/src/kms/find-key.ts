/** Finds a key by its id, its ARN, an alias or an alias's ARN. */
import { parseArn } from '@ecs-api/ecs-model'
import { AwsError } from '../protocol/aws-error.ts'
import { type AliasRecord, aliasArn, type KeyRecord, type KeyStore, keyArn } from './key-record.ts'

const uuid = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/

/** @throws AwsError NotFoundException */
export function getKey(store: KeyStore, reference: string): KeyRecord {
  const name = resourceNameIn(store, reference)
  if (name.startsWith('alias/')) return getKeyById(store, getAlias(store, name).target)
  const id = name.replace(/^key\//, '')
  if (!uuid.test(id)) throw new AwsError('NotFoundException', `Invalid keyId ${reference}`)
  return getKeyById(store, id)
}

/**
 * A key for an action that encrypts or decrypts.
 * @throws AwsError NotFoundException, DisabledException
 */
export function getUsableKey(store: KeyStore, reference: string): KeyRecord {
  const key = getKey(store, reference)
  if (!key.isEnabled) throw new AwsError('DisabledException', `${keyArn(store, key.id)} is disabled.`)
  return key
}

/** @throws AwsError NotFoundException */
export function getAlias(store: KeyStore, name: string): AliasRecord {
  const alias = store.aliases.get(name)
  if (!alias) throw new AwsError('NotFoundException', `Alias ${aliasArn(store, name)} is not found.`)
  return alias
}

function getKeyById(store: KeyStore, id: string): KeyRecord {
  const key = store.keys.get(id)
  if (!key) throw new AwsError('NotFoundException', `Key '${keyArn(store, id)}' does not exist`)
  return key
}

/**
 * The part of a reference that names the key: `key/…`, `alias/…` or an id.
 * @throws AwsError NotFoundException for an ARN of another account or Region: this engine shares no keys.
 */
function resourceNameIn({ account, region }: KeyStore, reference: string): string {
  const arn = parseArn(reference)
  if (!arn) return reference
  if (arn.service === 'kms' && arn.account === account && arn.region === region) return arn.resource
  throw new AwsError('NotFoundException', `Key '${reference}' does not exist`)
}
