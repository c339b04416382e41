/** The context of the actions of CloudWatch Logs, and functions that find the group or stream of a request. */
import { partitionOf } from '@ecs-api/ecs-model'
import type { Clock } from '../clock.ts'
import { AwsError } from '../protocol/aws-error.ts'
import type { EventRemoval } from './event-removal.ts'
import type { GroupRow, LogTables, StreamRow } from './log-tables.ts'

export interface LogsContext {
  tables: LogTables
  account: string
  region: string
  clock: Clock
  /** Deletes expired events, and the events of deleted groups and streams, in the background. */
  eventRemoval: EventRemoval
}

export type LogsScope = Pick<LogsContext, 'tables' | 'account' | 'region'>

/** @throws AwsError ResourceNotFoundException. */
export function getGroup({ tables, account, region }: LogsScope, name: string): GroupRow {
  const group = tables.findGroup(account, region, name)
  if (!group) throw new AwsError('ResourceNotFoundException', 'The specified log group does not exist.')
  return group
}

/** @throws AwsError ResourceNotFoundException. */
export function getStream({ tables }: LogsScope, group: GroupRow, name: string): StreamRow {
  const stream = tables.findStream(group.id, name)
  if (!stream) throw new AwsError('ResourceNotFoundException', 'The specified log stream does not exist.')
  return stream
}

interface GroupReference {
  logGroupName?: string | undefined
  logGroupIdentifier?: string | undefined
}

/**
 * Finds a group by its name or, in `logGroupIdentifier`, by its ARN.
 * @throws AwsError ResourceNotFoundException; InvalidParameterException for a request with both members or with none,
 *   whose texts were not compared with AWS's
 */
export function getReferredGroup(context: LogsScope, { logGroupName, logGroupIdentifier }: GroupReference): GroupRow {
  if (logGroupName !== undefined && logGroupIdentifier !== undefined)
    throw invalidParameter('LogGroupName and LogGroupIdentifier are mutually exclusive parameters.')
  if (logGroupName !== undefined) return getGroup(context, logGroupName)
  if (logGroupIdentifier === undefined)
    throw invalidParameter('Either logGroupName or logGroupIdentifier must be provided.')
  return getGroup(context, nameOfGroup(context, logGroupIdentifier))
}

/**
 * The group's name in a name or ARN. The ARN may end with `:*`. An ARN of another account or Region is returned
 * unchanged, so it matches no group.
 */
export function nameOfGroup(scope: LogsScope, reference: string): string {
  if (!reference.startsWith('arn:')) return reference
  const start = groupArn(scope, '')
  return reference.startsWith(start) ? reference.slice(start.length).replace(/:\*$/, '') : reference
}

export function groupArn({ account, region }: LogsScope, name: string): string {
  return `arn:${partitionOf(region)}:logs:${region}:${account}:log-group:${name}`
}

export function invalidParameter(message: string): AwsError {
  return new AwsError('InvalidParameterException', message)
}

export const NO_REGEX_TEXT =
  'Of regular expressions (%…%), filter patterns of this engine have only characters and [classes] of them.'
