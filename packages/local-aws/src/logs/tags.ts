/**
 * The actions on the tags of log groups. Requests name the group by its ARN, those of older clients by its name. The
 * error texts about limits were not recorded from AWS.
 */
import type {
  ListTagsForResourceRequest,
  ListTagsForResourceResponse,
  ListTagsLogGroupRequest,
  ListTagsLogGroupResponse,
  TagLogGroupRequest,
  TagResourceRequest,
  UntagLogGroupRequest,
  UntagResourceRequest,
} from '@aws-sdk/client-cloudwatch-logs'
import type { AwsJson } from '@ecs-api/ecs-model'
import { AwsError } from '../protocol/aws-error.ts'
import type { JsonActions } from '../protocol/json-actions.ts'
import { getGroup, groupArn, invalidParameter, type LogsContext, nameOfGroup } from './log-context.ts'
import type { GroupRow } from './log-tables.ts'

export const tagActions = {
  TagResource: (context, { resourceArn = '', tags = {} }: AwsJson<TagResourceRequest>) =>
    addTags(context, getGroupByArn(context, resourceArn), tags),
  UntagResource: (context, { resourceArn = '', tagKeys = [] }: AwsJson<UntagResourceRequest>) =>
    removeTags(context, getGroupByArn(context, resourceArn), tagKeys),
  ListTagsForResource: (
    context,
    { resourceArn = '' }: AwsJson<ListTagsForResourceRequest>,
  ): AwsJson<ListTagsForResourceResponse> => ({
    tags: tagsOf(getGroupByArn(context, resourceArn)),
  }),
  TagLogGroup: (context, { logGroupName = '', tags = {} }: AwsJson<TagLogGroupRequest>) =>
    addTags(context, getGroup(context, logGroupName), tags),
  UntagLogGroup: (context, { logGroupName = '', tags = [] }: AwsJson<UntagLogGroupRequest>) =>
    removeTags(context, getGroup(context, logGroupName), tags),
  ListTagsLogGroup: (
    context,
    { logGroupName = '' }: AwsJson<ListTagsLogGroupRequest>,
  ): AwsJson<ListTagsLogGroupResponse> => ({
    tags: tagsOf(getGroup(context, logGroupName)),
  }),
} satisfies JsonActions<LogsContext>

type Tags = Record<string, string>

const MAX_TAGS = 50

/** @throws AwsError for too many tags, and for a key that is reserved for AWS. */
export function checkTags(tags: Tags): void {
  if (Object.keys(tags).some((key) => /^aws:/i.test(key)))
    throw invalidParameter('Tag keys that start with aws: are reserved for Amazon Web Services use.')
  if (Object.keys(tags).length > MAX_TAGS)
    throw new AwsError('TooManyTagsException', `A resource can have no more than ${MAX_TAGS} tags.`)
}

function getGroupByArn(context: LogsContext, arn: string): GroupRow {
  if (!arn.startsWith(groupArn(context, '')))
    throw new AwsError('ResourceNotFoundException', 'The specified resource does not exist.')
  return getGroup(context, nameOfGroup(context, arn))
}

function tagsOf({ tags }: GroupRow): Tags {
  return JSON.parse(tags) as Tags
}

function addTags({ tables }: LogsContext, group: GroupRow, tags: Tags): object {
  const all = { ...tagsOf(group), ...tags }
  checkTags(all)
  tables.setTags(group.id, JSON.stringify(all))
  return {}
}

function removeTags({ tables }: LogsContext, group: GroupRow, keys: readonly string[]): object {
  const remaining = Object.entries(tagsOf(group)).filter(([key]) => !keys.includes(key))
  tables.setTags(group.id, JSON.stringify(Object.fromEntries(remaining)))
  return {}
}
