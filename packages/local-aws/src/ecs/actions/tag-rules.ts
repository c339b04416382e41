/** What ECS asks of tags (API Reference, Tag). The texts are not seen from ECS but for the one of a missing value, which the static rules have. */
import type { Tag } from '@aws-sdk/client-ecs'
import type { Wire } from '@ecs-api/ecs-model'
import { AwsError } from '../../protocol/aws-error.ts'

const MAX_TAGS = 50
const ALLOWED = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u

/** @throws AwsError InvalidParameterException. */
export function checkTags(tags: readonly Wire<Tag>[]): void {
  const seen = new Set<string>()
  for (const { key, value } of tags) {
    if (key === undefined || key.length < 1 || key.length > 128)
      throw invalid('Tag keys must have 1 to 128 characters.')
    if (!ALLOWED.test(key) || !ALLOWED.test(value ?? '')) throw invalid(`The tag ${key} contains invalid characters.`)
    if ((value ?? '').length > 256) throw invalid(`The value of the tag ${key} has more than 256 characters.`)
    if (/^aws:/i.test(key)) throw invalid('Tag keys that start with aws: are reserved for Amazon Web Services use.')
    if (seen.has(key)) throw invalid(`The tag key ${key} is given more than once.`)
    seen.add(key)
  }
  if (tags.length > MAX_TAGS) throw invalid(`A resource can have at most ${MAX_TAGS} tags.`)
}

/** Tags with others laid over them. @throws AwsError when there are more than ECS allows then. */
export function withTags(present: readonly Wire<Tag>[], given: readonly Wire<Tag>[]): Wire<Tag>[] {
  checkTags(given)
  const merged = new Map([...present, ...given].map((tag) => [tag.key, tag]))
  if (merged.size > MAX_TAGS) throw invalid(`A resource can have at most ${MAX_TAGS} tags.`)
  return [...merged.values()]
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterException', message)
}
