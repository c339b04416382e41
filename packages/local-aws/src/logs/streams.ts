/** The actions on log streams: create, describe, delete. */
import type {
  CreateLogStreamRequest,
  DeleteLogStreamRequest,
  DescribeLogStreamsRequest,
  DescribeLogStreamsResponse,
  LogStream,
} from '@aws-sdk/client-cloudwatch-logs'
import type { AwsJson } from '@ecs-api/ecs-model'
import { AwsError } from '../protocol/aws-error.ts'
import type { JsonActions } from '../protocol/json-actions.ts'
import { getGroup, getReferredGroup, getStream, groupArn, invalidParameter, type LogsContext } from './log-context.ts'
import type { GroupRow, StreamRow } from './log-tables.ts'

export const streamActions = {
  CreateLogStream: createLogStream,
  DescribeLogStreams: describeLogStreams,
  DeleteLogStream: deleteLogStream,
} satisfies JsonActions<LogsContext>

function createLogStream(
  context: LogsContext,
  { logGroupName = '', logStreamName = '' }: AwsJson<CreateLogStreamRequest>,
): object {
  const group = getGroup(context, logGroupName)
  if (context.tables.findStream(group.id, logStreamName))
    throw new AwsError('ResourceAlreadyExistsException', 'The specified log stream already exists')
  context.tables.addStream(group.id, logStreamName, context.clock.now())
  return {}
}

function deleteLogStream(
  context: LogsContext,
  { logGroupName = '', logStreamName = '' }: AwsJson<DeleteLogStreamRequest>,
): object {
  context.tables.removeStream(getStream(context, getGroup(context, logGroupName), logStreamName))
  context.eventRemoval.removeSoon()
  return {}
}

function describeLogStreams(
  context: LogsContext,
  input: AwsJson<DescribeLogStreamsRequest>,
): AwsJson<DescribeLogStreamsResponse> {
  const {
    logStreamNamePrefix: prefix = '',
    orderBy = 'LogStreamName',
    descending = false,
    limit = 50,
    nextToken,
  } = input
  const group = getReferredGroup(context, input)
  if (orderBy === 'LastEventTime' && prefix !== '')
    throw invalidParameter('Cannot order by LastEventTime with a logStreamNamePrefix.')
  const order = descending ? 'descending' : 'ascending'
  const startAfter = nextToken === undefined ? undefined : keyOfToken(nextToken)
  const found =
    orderBy === 'LastEventTime'
      ? context.tables.streamsByLastEvent(
          group.id,
          startAfter ?? (descending ? [Number.MAX_SAFE_INTEGER, ''] : [-1, '']),
          limit + 1,
          order,
        )
      : context.tables.streamsByName(
          group.id,
          startAfter?.[1] ?? (descending ? LAST_NAME : ''),
          prefix,
          limit + 1,
          order,
        )
  const page = found.slice(0, limit)
  const last = page.at(-1)
  return {
    logStreams: page.map((stream) => streamInResponse(context, group, stream)),
    ...(last && found.length > limit && { nextToken: tokenOf(last) }),
  }
}

/** A text that sorts after every name. */
const LAST_NAME = '\u{10ffff}'

function tokenOf({ lastAt, name }: StreamRow): string {
  return Buffer.from(JSON.stringify([lastAt ?? 0, name])).toString('base64url')
}

function keyOfToken(token: string): [time: number, name: string] {
  const [, time, name] = /^\[(\d+),(".*")\]$/.exec(Buffer.from(token, 'base64url').toString()) ?? []
  if (time === undefined || name === undefined) throw invalidParameter('The specified nextToken is invalid.')
  return [Number(time), String(JSON.parse(name))]
}

function streamInResponse(
  context: LogsContext,
  group: GroupRow,
  { name, createdAt, firstAt, lastAt, ingestedAt }: StreamRow,
): AwsJson<LogStream> {
  return {
    logStreamName: name,
    creationTime: createdAt,
    ...(firstAt !== null && { firstEventTimestamp: firstAt }),
    ...(lastAt !== null && { lastEventTimestamp: lastAt }),
    ...(ingestedAt !== null && { lastIngestionTime: ingestedAt }),
    arn: `${groupArn(context, group.name)}:log-stream:${name}`,
    // AWS shows 0 for every stream (API Reference, LogStream).
    storedBytes: 0,
  }
}
