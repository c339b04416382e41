/** Finds a key by its id, its ARN, an alias or an alias's ARN. */
import { parseArn } from '@ecs-api/ecs-model'
import { AwsError } from '../protocol/aws-error.ts'
import { type AliasRecord, aliasArn, type KeyRecord, type Keys, keyArn } from './key-record.ts'

const uuid = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/

/** @throws AwsError NotFoundException */
export function findKey(store: Keys, reference: string): KeyRecord {
  const name = nameIn(store, reference)
  if (name.startsWith('alias/')) return keyOf(store, findAlias(store, name).target)
  const id = name.replace(/^key\//, '')
  if (!uuid.test(id)) throw new AwsError('NotFoundException', `Invalid keyId ${reference}`)
  return keyOf(store, id)
}

/**
 * A key for an action that encrypts or decrypts.
 * @throws AwsError NotFoundException, DisabledException
 */
export function findUsableKey(store: Keys, reference: string): KeyRecord {
  const key = findKey(store, reference)
  if (!key.isEnabled) throw new AwsError('DisabledException', `${keyArn(store, key.id)} is disabled.`)
  return key
}

/** @throws AwsError NotFoundException */
export function findAlias(store: Keys, name: string): AliasRecord {
  const alias = store.aliases.get(name)
  if (!alias) throw new AwsError('NotFoundException', `Alias ${aliasArn(store, name)} is not found.`)
  return alias
}

function keyOf(store: Keys, id: string): KeyRecord {
  const key = store.keys.get(id)
  if (!key) throw new AwsError('NotFoundException', `Key '${keyArn(store, id)}' does not exist`)
  return key
}

/** `key/…`, `alias/…` or an id. The engine shares no keys between accounts, so a foreign key does not exist. */
function nameIn({ account, region }: Keys, reference: string): string {
  const arn = parseArn(reference)
  if (!arn) return reference
  if (arn.service === 'kms' && arn.account === account && arn.region === region) return arn.resource
  throw new AwsError('NotFoundException', `Key '${reference}' does not exist`)
}
