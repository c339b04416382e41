/**
 * The awslogs driver of a container: creates its stream at the start, then adds its lines (ECS Developer Guide, "Send
 * Amazon ECS logs to CloudWatch").
 */
import { randomUUID } from 'node:crypto'
import { AwsError } from '../protocol/aws-error.ts'
import { findGroup, findStream, type LogsContext } from './log-context.ts'
import type { LogEvent } from './log-tables.ts'

export interface TaskStream {
  group: string
  stream: string
  /** The value of `awslogs-create-group`. */
  createGroup?: boolean
}

/**
 * Creates the stream unless it exists. Returns the mark stored with its last lines.
 * @throws AwsError ResourceInitializationError: code and message, joined by `: `, are the task's stopped reason.
 */
export function openTaskStream(
  { tables, account, region, clock }: LogsContext,
  { group, stream, createGroup = false }: TaskStream,
): string | undefined {
  const createdAt = clock.now()
  if (createGroup && !tables.group(account, region, group))
    tables.addGroup({
      account,
      region,
      name: group,
      createdAt,
      kmsKeyId: null,
      class: 'STANDARD',
      tags: '{}',
      protected: 0,
    })
  const found = tables.group(account, region, group)
  // The text is from capture task_log_startup, missing-group.
  if (!found)
    throw new AwsError(
      'ResourceInitializationError',
      `failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: operation error CloudWatch Logs: CreateLogStream, https response error StatusCode: 400, RequestID: ${randomUUID()}, ResourceNotFoundException: The specified log group does not exist. : exit status 1`,
    )
  const { mark } = tables.stream(found.id, stream) ?? tables.addStream(found.id, stream, createdAt)
  return mark ?? undefined
}

/**
 * Adds lines without the limits of PutLogEvents: a container's own lines are never rejected for their number or age.
 * Empty lines are left out, because an event cannot be empty.
 * @throws AwsError ResourceNotFoundException when the group or the stream was deleted.
 */
export function putTaskEvents(
  context: LogsContext,
  { group, stream }: TaskStream,
  events: readonly LogEvent[],
  mark?: string,
): void {
  const found = findGroup(context, group)
  const row = findStream(context, found, stream)
  context.tables.addEvents(
    row,
    events.filter(({ message }) => message !== ''),
    context.clock.now(),
  )
  if (mark !== undefined) context.tables.setMark(row.id, mark)
  if (found.retentionDays !== null) context.tidying.scheduleCheck()
}
