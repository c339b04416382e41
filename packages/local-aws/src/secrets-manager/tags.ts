/** The actions on the tags of secrets (API Reference, Tag). The error texts about limits were not recorded from AWS. */
import type { TagResourceRequest, UntagResourceRequest } from '@aws-sdk/client-secrets-manager'
import type { AwsJson } from '@ecs-api/ecs-model'
import { AwsError } from '../protocol/aws-error.ts'
import type { JsonActions } from '../protocol/json-actions.ts'
import { getUsableSecret } from './find-secret.ts'
import type { SecretsContext, SecretTag } from './secret-record.ts'

const MAX_TAGS = 50

export const tagActions = {
  TagResource: tagResource,
  UntagResource: untagResource,
} satisfies JsonActions<SecretsContext>

/**
 * Merges the given tags over the stored ones.
 * @throws AwsError
 */
export function mergedTags(stored: readonly SecretTag[], given: readonly SecretTag[]): SecretTag[] {
  for (const { Key } of given) {
    if (Key === undefined) throw new AwsError('InvalidParameterException', 'Tag keys must not be empty.')
    if (/^aws:/i.test(Key))
      throw new AwsError(
        'InvalidParameterException',
        'Tag keys that start with aws: are reserved for Amazon Web Services use.',
      )
  }
  const merged = new Map([...stored, ...given].map((tag) => [tag.Key, { Key: tag.Key, Value: tag.Value ?? '' }]))
  if (merged.size > MAX_TAGS)
    throw new AwsError('LimitExceededException', `You can't have more than ${MAX_TAGS} tags on a secret.`)
  return [...merged.values()]
}

function tagResource(context: SecretsContext, { SecretId = '', Tags = [] }: AwsJson<TagResourceRequest>): object {
  const secret = getUsableSecret(context, SecretId)
  context.store.secrets.set(secret.name, { ...secret, tags: mergedTags(secret.tags, Tags) })
  return {}
}

function untagResource(
  context: SecretsContext,
  { SecretId = '', TagKeys = [] }: AwsJson<UntagResourceRequest>,
): object {
  const secret = getUsableSecret(context, SecretId)
  context.store.secrets.set(secret.name, {
    ...secret,
    tags: secret.tags.filter(({ Key }) => Key === undefined || !TagKeys.includes(Key)),
  })
  return {}
}
