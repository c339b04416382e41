/** The actions on aliases. */
import type {
  CreateAliasRequest,
  DeleteAliasRequest,
  ListAliasesRequest,
  ListAliasesResponse,
} from '@aws-sdk/client-kms'
import type { AwsJson } from '@ecs-api/ecs-model'
import { toEpochSeconds } from '../clock.ts'
import { AwsError } from '../protocol/aws-error.ts'
import type { JsonActions } from '../protocol/json-actions.ts'
import { getAlias, getKey } from './find-key.ts'
import { aliasArn, type KmsContext } from './key-record.ts'
import { pageByMarker } from './pages.ts'

export const aliasActions = {
  CreateAlias: createAlias,
  DeleteAlias: deleteAlias,
  ListAliases: listAliases,
} satisfies JsonActions<KmsContext>

function createAlias({ store, clock }: KmsContext, input: AwsJson<CreateAliasRequest>): object {
  const { AliasName: name = '', TargetKeyId: target = '' } = input
  if (!/^alias\/./.test(name)) throw new AwsError('ValidationException', 'Invalid identifier')
  if (name.startsWith('alias/aws/')) throw new AwsError('NotAuthorizedException')
  // An alias cannot be the target of an alias.
  if (/^alias\/|:alias\//.test(target))
    throw new AwsError('ValidationException', 'Aliases must refer to keys. Not aliases')
  const { id } = getKey(store, target)
  if (store.aliases.get(name))
    throw new AwsError('AlreadyExistsException', `An alias with the name ${aliasArn(store, name)} already exists`)
  store.aliases.set(name, { name, target: id, createdAt: clock.now() })
  return {}
}

function deleteAlias({ store }: KmsContext, { AliasName = '' }: AwsJson<DeleteAliasRequest>): object {
  store.aliases.delete(getAlias(store, AliasName).name)
  return {}
}

function listAliases({ store }: KmsContext, input: AwsJson<ListAliasesRequest>): AwsJson<ListAliasesResponse> {
  const { KeyId } = input
  const found =
    KeyId === undefined ? store.aliases.values() : store.aliases.allByIndex('target', getKey(store, KeyId).id)
  const { items, ...markers } = pageByMarker(found, input, ({ name }) => name)
  const entries = items.map(({ name, target, createdAt }) => ({
    AliasName: name,
    AliasArn: aliasArn(store, name),
    TargetKeyId: target,
    CreationDate: toEpochSeconds(createdAt),
    LastUpdatedDate: toEpochSeconds(createdAt),
  }))
  return { Aliases: entries, ...markers }
}
