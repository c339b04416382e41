/** CloudWatch Logs in the engine: its actions, and the output of containers. */
import type { Clock } from '../clock.ts'
import type { JsonService } from '../protocol/aws-json.ts'
import { createJsonService } from '../protocol/json-actions.ts'
import { openEventRemoval } from './event-removal.ts'
import type { LogsContext } from './log-context.ts'
import { type LogEvent, openLogTables } from './log-tables.ts'
import { openTaskStream, putTaskEvents, type TaskStream } from './task-logs.ts'

/** The prefix of CloudWatch Logs' actions in the header X-Amz-Target. */
export const logsTarget = 'Logs_20140328'

export interface LogsDeps {
  /** The data folder, which this process has locked, or `:memory:`. */
  data: string
  clock: Clock
  /** Receives errors that are defects of the engine. */
  onUnexpectedError: (error: unknown) => void
}

export interface Logs {
  handleAction: JsonService
  /**
   * Creates a container's stream unless it exists, and its group if the definition requests that. Resolves when both
   * are durable, with the mark stored with the stream's last lines. After a crash the writer continues at the mark,
   * without a gap or a repetition.
   * @throws AwsError ResourceInitializationError. The task's stopped reason is its code, `: ` and its message.
   */
  openTaskStream(account: string, region: string, stream: TaskStream): Promise<string | undefined>
  /**
   * Adds any number of a container's lines and resolves when they are durable. One call with a thousand lines is much
   * cheaper than a thousand calls. A writer that awaits each call limits the memory used.
   * @param mark the writer's position after these lines, stored in the same transaction
   * @throws AwsError ResourceNotFoundException when the group or the stream does not exist.
   */
  putTaskEvents(
    account: string,
    region: string,
    stream: TaskStream,
    events: readonly LogEvent[],
    mark?: string,
  ): Promise<void>
  /** The mark stored with the stream's last lines; undefined when no mark is stored. */
  findMark(account: string, region: string, stream: TaskStream): string | undefined
  close(): void
}

export function openLogs({ data, clock, onUnexpectedError }: LogsDeps): Logs {
  const tables = openLogTables(data)
  const eventRemoval = openEventRemoval(tables, clock, onUnexpectedError)
  const contextOf = ({ account, region }: { account: string; region: string }): LogsContext => ({
    tables,
    account,
    region,
    clock,
    eventRemoval,
  })
  const runAction = createJsonService({
    service: 'Amazon CloudWatch Logs',
    invalidCode: 'InvalidParameterException',
    load: () => import('./actions.ts'),
    contextOf,
    atomically: tables.atomically,
  })
  eventRemoval.removeSoon()

  /**
   * Runs the work, and returns its result or error when all changes are durable: either may depend on pending changes.
   */
  async function durably<T>(work: () => T | Promise<T>): Promise<T> {
    try {
      return await work()
    } finally {
      await tables.whenDurable()
    }
  }

  return {
    handleAction: (action, body, caller) => durably(() => runAction(action, body, caller)),
    openTaskStream: (account, region, stream) =>
      durably(() => tables.atomically(() => openTaskStream(contextOf({ account, region }), stream))),
    putTaskEvents: (account, region, stream, events, mark) =>
      durably(() => tables.atomically(() => putTaskEvents(contextOf({ account, region }), stream, events, mark))),
    findMark: (account, region, { group, stream }) => {
      const found = tables.findGroup(account, region, group)
      return (found && tables.findStream(found.id, stream)?.mark) ?? undefined
    },
    close() {
      eventRemoval.close()
      tables.close()
    },
  }
}
