/**
 * Does what the awslogs driver of a container does: creates the container's stream at the start, then adds its lines
 * (ECS Developer Guide, "Send Amazon ECS logs to CloudWatch").
 */
import { randomUUID } from 'node:crypto'
import { AwsError } from '../protocol/aws-error.ts'
import { getGroup, getStream, type LogsContext } from './log-context.ts'
import type { LogEvent } from './log-tables.ts'

export interface TaskStream {
  group: string
  stream: string
  /** The value of `awslogs-create-group`. */
  createGroup?: boolean
}

/**
 * Creates the stream unless it exists. Returns the writer's position (`mark`) that was stored with the last lines.
 * @throws AwsError ResourceInitializationError. The task's stopped reason is its code, `: ` and its message.
 */
export function openTaskStream(
  { tables, account, region, clock }: LogsContext,
  { group, stream, createGroup = false }: TaskStream,
): string | undefined {
  const createdAt = clock.now()
  if (createGroup && !tables.findGroup(account, region, group))
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
  const storedGroup = tables.findGroup(account, region, group)
  // The text was recorded from ECS (AWS response recorded as task_log_startup, missing-group).
  if (!storedGroup)
    throw new AwsError(
      'ResourceInitializationError',
      `failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: operation error CloudWatch Logs: CreateLogStream, https response error StatusCode: 400, RequestID: ${randomUUID()}, ResourceNotFoundException: The specified log group does not exist. : exit status 1`,
    )
  const { mark } = tables.findStream(storedGroup.id, stream) ?? tables.addStream(storedGroup.id, stream, createdAt)
  return mark ?? undefined
}

/**
 * Adds lines of a container. The limits of PutLogEvents do not apply: no lines are rejected for their number or age.
 * Empty lines are left out, because an event cannot be empty.
 * @throws AwsError ResourceNotFoundException when the group or the stream was deleted.
 */
export function putTaskEvents(
  context: LogsContext,
  { group, stream }: TaskStream,
  events: readonly LogEvent[],
  mark?: string,
): void {
  const storedGroup = getGroup(context, group)
  const storedStream = getStream(context, storedGroup, stream)
  context.tables.addEvents(
    storedStream,
    events.filter(({ message }) => message !== ''),
    context.clock.now(),
  )
  if (mark !== undefined) context.tables.setMark(storedStream.id, mark)
  if (storedGroup.retentionDays !== null) context.eventRemoval.scheduleCheck()
}
