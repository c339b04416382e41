/** CloudWatch Logs' public side: actions by name, and the lines of containers. */
import type { Clock } from '../clock.ts'
import type { JsonService } from '../protocol/aws-json.ts'
import { type JsonActions, jsonActions } from '../protocol/json-actions.ts'
import { filterActions } from './filter-events.ts'
import { getActions } from './get-events.ts'
import { groupActions } from './groups.ts'
import { inputs } from './inputs.generated.ts'
import type { LogsContext } from './log-context.ts'
import { type LogEvent, openLogTables } from './log-tables.ts'
import { putActions } from './put-events.ts'
import { streamActions } from './streams.ts'
import { tagActions } from './tags.ts'
import { openTaskStream, putTaskEvents, type TaskStream } from './task-logs.ts'
import { tidying } from './tidying.ts'

/** The first half of X-Amz-Target. */
export const logsTarget = 'Logs_20140328'

export interface LogsDeps {
  /** The data folder, held by this process, or `:memory:`. */
  data: string
  clock: Clock
  /** Told of faults of the engine's own. */
  onFault: (error: unknown) => void
}

export interface Logs {
  answer: JsonService
  /**
   * Makes a container's stream, and its group where the definition says so; what is there stays. Resolves, when that is durable, with the mark that
   * was set with the stream's last lines: where to go on after a crash without a hole or a repetition.
   * @throws AwsError ResourceInitializationError: `${code}: ${message}` is the task's stopped reason, in ECS's words.
   */
  openTaskStream(account: string, region: string, stream: TaskStream): Promise<string | undefined>
  /**
   * Adds a container's lines, in any number; a thousand in one call cost far less than a thousand calls. Resolves when they are durable: to wait for
   * that before the next call bounds what is in memory.
   * @param mark the writer's own note of how far these lines take it; kept with them, both or neither.
   * @throws AwsError ResourceNotFoundException when the group or the stream is not there (any more).
   */
  putTaskEvents(
    account: string,
    region: string,
    stream: TaskStream,
    events: readonly LogEvent[],
    mark?: string,
  ): Promise<void>
  /** The mark that was set with the stream's last lines; undefined where there is none. */
  markOf(account: string, region: string, stream: TaskStream): string | undefined
  close(): void
}

const actions: JsonActions<LogsContext> = {
  ...filterActions,
  ...getActions,
  ...groupActions,
  ...putActions,
  ...streamActions,
  ...tagActions,
}

export function openLogs({ data, clock, onFault }: LogsDeps): Logs {
  const tables = openLogTables(data)
  const tidy = tidying(tables, clock, onFault)
  const contextOf = ({ account, region }: { account: string; region: string }): LogsContext => ({
    tables,
    account,
    region,
    clock,
    tidying: tidy,
  })
  const act = jsonActions({
    service: 'Amazon CloudWatch Logs',
    inputs,
    invalid: 'InvalidParameterException',
    actions,
    contextOf,
    atomically: tables.atomically,
  })
  tidy.look()

  /** Refusals wait too: they may tell of what is not on disk yet. */
  async function durably<T>(work: () => T | Promise<T>): Promise<T> {
    try {
      return await work()
    } finally {
      await tables.settled()
    }
  }

  return {
    answer: (action, body, caller) => durably(() => act(action, body, caller)),
    openTaskStream: (account, region, stream) =>
      durably(() => tables.atomically(() => openTaskStream(contextOf({ account, region }), stream))),
    putTaskEvents: (account, region, stream, events, mark) =>
      durably(() => tables.atomically(() => putTaskEvents(contextOf({ account, region }), stream, events, mark))),
    markOf: (account, region, { group, stream }) => {
      const found = tables.group(account, region, group)
      return (found && tables.stream(found.id, stream)?.mark) ?? undefined
    },
    close() {
      tidy.close()
      tables.close()
    },
  }
}
