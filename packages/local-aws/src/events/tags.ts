/** The actions on the tags of rules. The error texts about limits were not recorded from AWS. */
import type {
  ListTagsForResourceRequest,
  ListTagsForResourceResponse,
  TagResourceRequest,
  UntagResourceRequest,
} from '@aws-sdk/client-eventbridge'
import type { AwsJson } from '@ecs-api/ecs-model'
import { AwsError } from '../protocol/aws-error.ts'
import type { JsonActions } from '../protocol/json-actions.ts'
import {
  type Bus,
  type EventsContext,
  type RuleRecord,
  type RuleTag,
  ruleArn,
  validationException,
} from './rule-record.ts'

export const tagActions = {
  ListTagsForResource: listTags,
  TagResource: tagResource,
  UntagResource: untagResource,
} satisfies JsonActions<EventsContext>

const MAX_TAGS = 50

/** @throws AwsError */
export function checkTags(tags: readonly RuleTag[]): void {
  const keys = tags.map(({ Key = '' }) => Key)
  if (keys.some((key) => /^aws:/i.test(key)))
    throw validationException('Tag keys that start with aws: are reserved for Amazon Web Services use.')
  if (new Set(keys).size < keys.length) throw validationException('A tag key is given more than once.')
  if (tags.length > MAX_TAGS) throw new AwsError('LimitExceededException', `A rule can have at most ${MAX_TAGS} tags.`)
}

function getTaggedRule(bus: Bus, arn: string): RuleRecord {
  const start = ruleArn(bus, '')
  const name = arn.startsWith(start) ? arn.slice(start.length).replace(/^default\//, '') : ''
  const rule = bus.rules.get(name)
  if (!rule) throw new AwsError('ResourceNotFoundException', `Rule ${name} does not exist on EventBusName default.`)
  return rule
}

function tagResource({ bus }: EventsContext, { ResourceARN = '', Tags = [] }: AwsJson<TagResourceRequest>): object {
  const rule = getTaggedRule(bus, ResourceARN)
  checkTags(Tags)
  const tags = [...new Map([...rule.tags, ...Tags].map((tag) => [tag.Key, tag])).values()]
  checkTags(tags)
  bus.rules.set(rule.name, { ...rule, tags })
  return {}
}

function untagResource(
  { bus }: EventsContext,
  { ResourceARN = '', TagKeys = [] }: AwsJson<UntagResourceRequest>,
): object {
  const rule = getTaggedRule(bus, ResourceARN)
  bus.rules.set(rule.name, { ...rule, tags: rule.tags.filter(({ Key = '' }) => !TagKeys.includes(Key)) })
  return {}
}

function listTags(
  { bus }: EventsContext,
  { ResourceARN = '' }: AwsJson<ListTagsForResourceRequest>,
): AwsJson<ListTagsForResourceResponse> {
  return { Tags: getTaggedRule(bus, ResourceARN).tags.map(({ Key, Value }) => ({ Key, Value })) }
}
