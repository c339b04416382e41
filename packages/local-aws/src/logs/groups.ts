/** The actions on log groups: create, describe, delete, and set the retention of events. */
import type {
  CreateLogGroupRequest,
  DeleteLogGroupRequest,
  DeleteRetentionPolicyRequest,
  DescribeLogGroupsRequest,
  DescribeLogGroupsResponse,
  LogGroup,
  PutRetentionPolicyRequest,
} from '@aws-sdk/client-cloudwatch-logs'
import type { AwsJson } from '@ecs-api/ecs-model'
import { AwsError } from '../protocol/aws-error.ts'
import type { JsonActions } from '../protocol/json-actions.ts'
import { getGroup, groupArn, invalidParameter, type LogsContext, nameOfGroup } from './log-context.ts'
import type { GroupRow } from './log-tables.ts'
import { checkTags } from './tags.ts'

export const groupActions = {
  CreateLogGroup: createLogGroup,
  DescribeLogGroups: describeLogGroups,
  DeleteLogGroup: deleteLogGroup,
  PutRetentionPolicy: putRetentionPolicy,
  DeleteRetentionPolicy: deleteRetentionPolicy,
} satisfies JsonActions<LogsContext>

/** Days (API Reference, PutRetentionPolicy). */
const allowedRetentions = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
]

function createLogGroup(context: LogsContext, input: AwsJson<CreateLogGroupRequest>): object {
  const {
    logGroupName: name = '',
    kmsKeyId,
    tags = {},
    logGroupClass = 'STANDARD',
    deletionProtectionEnabled = false,
  } = input
  const { tables, account, region, clock } = context
  if (name.startsWith('aws/')) throw invalidParameter('Log groups starting with AWS/ are reserved for AWS.')
  checkTags(tags)
  if (tables.findGroup(account, region, name))
    throw new AwsError('ResourceAlreadyExistsException', 'The specified log group already exists')
  tables.addGroup({
    account,
    region,
    name,
    createdAt: clock.now(),
    kmsKeyId: kmsKeyId ?? null,
    class: logGroupClass,
    tags: JSON.stringify(tags),
    protected: deletionProtectionEnabled ? 1 : 0,
  })
  return {}
}

function describeLogGroups(
  context: LogsContext,
  input: AwsJson<DescribeLogGroupsRequest>,
): AwsJson<DescribeLogGroupsResponse> {
  const {
    logGroupNamePrefix: prefix,
    logGroupNamePattern: pattern,
    logGroupClass,
    limit = 50,
    nextToken,
    logGroupIdentifiers: references,
  } = input
  if (input.includeLinkedAccounts || (input.accountIdentifiers ?? []).length > 0)
    throw new AwsError('UnsupportedFeatureException', 'This engine does not have log groups of linked accounts.')
  if (prefix !== undefined && pattern !== undefined)
    throw invalidParameter('LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.')
  const requested = references && new Set(references.map((reference) => nameOfGroup(context, reference)))
  const found: GroupRow[] = []
  for (const group of context.tables.groupsAfter(context.account, context.region, nameInToken(nextToken))) {
    if (prefix !== undefined && !group.name.startsWith(prefix)) continue
    if (pattern !== undefined && !group.name.toLowerCase().includes(pattern.toLowerCase())) continue
    if ((logGroupClass !== undefined && group.class !== logGroupClass) || requested?.has(group.name) === false) continue
    if (found.push(group) > limit) break
  }
  const page = found.slice(0, limit)
  return {
    logGroups: page.map((group) => groupInResponse(context, group)),
    ...(found.length > limit && { nextToken: Buffer.from(page.at(-1)?.name ?? '').toString('base64url') }),
  }
}

function nameInToken(token: string | undefined): string {
  if (token === undefined) return ''
  const name = Buffer.from(token, 'base64url').toString()
  if (!/^[.\-_/#A-Za-z0-9]+$/.test(name)) throw invalidParameter('The specified nextToken is invalid.')
  return name
}

function groupInResponse(
  context: LogsContext,
  { name, createdAt, retentionDays, kmsKeyId, class: kind, protected: isProtected, bytes }: GroupRow,
): AwsJson<LogGroup> {
  return {
    logGroupName: name,
    creationTime: createdAt,
    ...(retentionDays !== null && { retentionInDays: retentionDays }),
    metricFilterCount: 0,
    arn: `${groupArn(context, name)}:*`,
    logGroupArn: groupArn(context, name),
    storedBytes: bytes,
    ...(kmsKeyId !== null && { kmsKeyId }),
    logGroupClass: kind as LogGroup['logGroupClass'],
    deletionProtectionEnabled: isProtected === 1,
  }
}

function deleteLogGroup(context: LogsContext, { logGroupName = '' }: AwsJson<DeleteLogGroupRequest>): object {
  const group = getGroup(context, logGroupName)
  // The text was not recorded from AWS.
  if (group.protected)
    throw new AwsError(
      'ValidationException',
      'The log group cannot be deleted because deletion protection is enabled for it.',
    )
  context.tables.removeGroup(group.id)
  context.eventRemoval.removeSoon()
  return {}
}

function putRetentionPolicy(
  context: LogsContext,
  { logGroupName = '', retentionInDays: days = 0 }: AwsJson<PutRetentionPolicyRequest>,
): object {
  if (!allowedRetentions.includes(days))
    throw invalidParameter(
      `1 validation error detected: Value '${days}' at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value set: [${allowedRetentions.join(', ')}]`,
    )
  context.tables.setRetention(getGroup(context, logGroupName).id, days)
  context.eventRemoval.removeSoon()
  return {}
}

function deleteRetentionPolicy(
  context: LogsContext,
  { logGroupName = '' }: AwsJson<DeleteRetentionPolicyRequest>,
): object {
  context.tables.setRetention(getGroup(context, logGroupName).id, null)
  return {}
}
