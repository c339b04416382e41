/**
 * CloudWatch in the engine: the metrics that ECS publishes, and those of clients. It supports AWS JSON, which the SDKs
 * use, and the Query protocol of older clients.
 */
import { type Clock, toEpochSeconds } from '../clock.ts'
import type { JsonService } from '../protocol/aws-json.ts'
import type { QueryService, XmlMembers } from '../protocol/aws-query.ts'
import { createJsonService } from '../protocol/json-actions.ts'
import { queryInput } from '../protocol/query-input.ts'
import { inputs } from './inputs.generated.ts'
import type { MetricContext } from './metric-context.ts'
import { type MetricKey, openMetricTables, RESOLUTION_S, type Statistics } from './metric-tables.ts'

/** The prefix of CloudWatch's actions in the header X-Amz-Target. */
export const cloudWatchTarget = 'GraniteServiceVersion20100801'
/** `Version` in requests of the Query protocol. */
export const cloudWatchVersion = '2010-08-01'

/** One metric's values of one minute, as one of AWS's own services publishes them. */
interface MetricPoint extends MetricKey, Statistics {
  unit: string
}

/** The number of points that are stored in one turn of the event loop, which takes some milliseconds. */
const POINTS_PER_TURN = 500

export interface CloudWatchDeps {
  /** The data folder, which this process has locked, or `:memory:`. */
  data: string
  clock: Clock
}

export interface CloudWatch {
  handleAction: JsonService
  query: QueryService
  /**
   * Adds the values of metrics in one minute.
   * @param time any time in that minute, in milliseconds since 1970
   */
  publish(account: string, region: string, time: number, points: readonly MetricPoint[]): Promise<void>
  close(): void
}

export function openCloudWatch({ data, clock }: CloudWatchDeps): CloudWatch {
  const tables = openMetricTables(data)
  const runAction = createJsonService<MetricContext>({
    service: 'Amazon CloudWatch',
    invalidCode: 'ValidationException',
    load: () => import('./actions.ts'),
    contextOf: ({ account, region }) => ({ tables, account, region, clock }),
    atomically: tables.atomically,
  })

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
    handleAction: async (action, body, caller) =>
      withTimes(await durably(() => runAction(action, body, caller)), (time) =>
        toEpochSeconds(time.getTime()),
      ) as object,
    query: {
      namespace: `http://monitoring.amazonaws.com/doc/${cloudWatchVersion}/`,
      async handleCall(action, parameters, caller) {
        const body = Object.hasOwn(inputs.actions, action) ? queryInput(inputs, action, parameters) : {}
        const output = await durably(() => runAction(action, body, caller))
        return withTimes(output, (time) => time.toISOString()) as XmlMembers
      },
    },
    async publish(account, region, time, points) {
      const minute = Math.floor(time / 1000 / RESOLUTION_S) * RESOLUTION_S
      for (let i = 0; i < points.length; i += POINTS_PER_TURN)
        await durably(() =>
          tables.atomically(() => {
            for (const { namespace, name, dimensions, unit, ...statistics } of points.slice(i, i + POINTS_PER_TURN))
              tables.add({ account, region }, { namespace, name, dimensions }, unit, { time: minute, ...statistics })
          }),
        )
      tables.atomically(() => tables.deleteOldPoints(clock.now() / 1000))
    },
    close: tables.close,
  }
}

/** The output with each time in the format of a protocol. */
function withTimes(value: unknown, formatTime: (time: Date) => number | string): unknown {
  if (value instanceof Date) return formatTime(value)
  if (Array.isArray(value)) return value.map((item) => withTimes(item, formatTime))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withTimes(member, formatTime)]))
}
