/**
 * ECS's rules for tags (API Reference, Tag). The error texts are this engine's own: ECS's were not recorded.
 */
import type { Tag } from '@aws-sdk/client-ecs'
import type { AwsJson } from '@ecs-api/ecs-model'
import { AwsError } from '../../protocol/aws-error.ts'

const MAX_TAGS = 50
const ALLOWED = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u

/** @throws AwsError InvalidParameterException. */
export function checkTags(tags: readonly AwsJson<Tag>[]): void {
  const keys = new Set<string>()
  for (const { key, value } of tags) {
    if (key === undefined || key.length < 1 || key.length > 128)
      throw invalidParameter('Tag keys must have 1 to 128 characters.')
    if (!ALLOWED.test(key) || !ALLOWED.test(value ?? ''))
      throw invalidParameter(`The tag ${key} contains invalid characters.`)
    if ((value ?? '').length > 256) throw invalidParameter(`The value of the tag ${key} has more than 256 characters.`)
    if (/^aws:/i.test(key))
      throw invalidParameter('Tag keys that start with aws: are reserved for Amazon Web Services use.')
    if (keys.has(key)) throw invalidParameter(`The tag key ${key} is given more than once.`)
    keys.add(key)
  }
  if (tags.length > MAX_TAGS) throw invalidParameter(`A resource can have at most ${MAX_TAGS} tags.`)
}

/**
 * Merges the given tags over the stored ones.
 * @throws AwsError InvalidParameterException when a tag is invalid, or when there are too many.
 */
export function mergedTags(stored: readonly AwsJson<Tag>[], given: readonly AwsJson<Tag>[]): AwsJson<Tag>[] {
  checkTags(given)
  const merged = new Map([...stored, ...given].map((tag) => [tag.key, tag]))
  if (merged.size > MAX_TAGS) throw invalidParameter(`A resource can have at most ${MAX_TAGS} tags.`)
  return [...merged.values()]
}

function invalidParameter(message: string): AwsError {
  return new AwsError('InvalidParameterException', message)
}
