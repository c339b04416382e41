/** The last lines of one container of a stopped task: evidence of why it stopped. */
import { shortName } from '@ecs-api/ecs-model'
import { NotFound, Problem } from '../problems/problem.ts'
import type { AccountLogs } from './account-logs.ts'
import type { ContainerLogs } from './container-logs.ts'
import { type LogLine, toLogLine } from './log-line.ts'
import type { LogSource } from './log-source.ts'
import { type EventPage, earliestTimeForNewestFirst } from './log-streams.ts'
import { comparePositions } from './position.ts'

export interface StoppedContainer {
  /** Id or ARN of the task. */
  task: string
  /** ARN or `family:revision`. */
  taskDefinition: string
  /** The container's name. */
  container: string
  /** Milliseconds since 1970. */
  createdAt: number
  stoppedAt: number
}

/** The lines, or the reason why there are none. */
export type LastLines = { lines: LogLine[]; reason?: undefined } | { lines: readonly []; reason: string }

const maxLines = 20
/** More than `maxLines`, so that the times of the lines differ: their order shows whether they are the newest. */
const requestedLines = 100
/** The clock of the container’s host may differ from that of ECS, and the log driver sends lines late. */
const clockSlackMs = 5 * 60_000
/** On an endpoint that cannot return the newest lines first, only lines of this time before the stop are read. */
const beforeStopMs = 60_000

/**
 * Reads the last 20 lines in order of time with at most two calls to AWS: DescribeTaskDefinition and FilterLogEvents.
 * When the definition is cached, FilterLogEvents can be called twice. A rejection by AWS becomes the reason.
 */
export async function readLastLines(
  stopped: StoppedContainer,
  logs: Pick<AccountLogs, 'runtime' | 'definitions' | 'streams'>,
): Promise<LastLines> {
  try {
    const definition = shortName(stopped.taskDefinition)
    const mayReadAgain = logs.definitions.has(definition)
    const containers = await logs.definitions.find(definition)
    if (!containers)
      return noLines(`The task definition ${definition} was deleted, so the container’s log stream is not known.`)
    const source = sourceOf(containers, stopped)
    if (!source) return noLines(reasonWithoutSource(containers, stopped))
    const events = await readNewest(source, stopped, logs, mayReadAgain)
    if (!events) return noLines('CloudWatch Logs did not return the newest lines with two calls.')
    if (events.length === 0)
      return noLines(
        logs.runtime === 'simulated'
          ? `The container ${stopped.container} printed nothing: of a simulated command, only \`echo\` prints.`
          : `The container ${stopped.container} printed nothing.`,
      )
    return { lines: events.toSorted(comparePositions).slice(-maxLines).map(toLogLine) }
  } catch (error) {
    if (error instanceof NotFound && error.code === 'LogStreamNotFound')
      return noLines(`The container ${stopped.container} has no log stream, so it has not started.`)
    if (error instanceof Problem) return noLines(error.detail)
    throw error
  }
}

function noLines(reason: string): LastLines {
  return { lines: [], reason }
}

function sourceOf({ readableContainers }: ContainerLogs, { task, container, createdAt, stoppedAt }: StoppedContainer) {
  const logs = readableContainers.find((each) => each.container === container)
  if (!logs) return undefined
  const { region, group, prefix } = logs
  const id = shortName(task)
  const source: LogSource = {
    region,
    group,
    stream: `${prefix}/${container}/${id}`,
    task: id,
    container,
    createdAt,
    stoppedAt,
    mayBeMissing: true,
  }
  return source
}

function reasonWithoutSource(
  { unreadableContainers }: ContainerLogs,
  { container, taskDefinition }: StoppedContainer,
): string {
  const found = unreadableContainers.find((each) => each.container === container)
  return found?.detail ?? `The task definition ${shortName(taskDefinition)} has no container ${container}.`
}

/** @returns undefined when the newest lines cannot be read with two calls */
async function readNewest(
  source: LogSource,
  { createdAt, stoppedAt }: StoppedContainer,
  { streams }: Pick<AccountLogs, 'streams'>,
  mayReadAgain: boolean,
): Promise<EventPage['events'] | undefined> {
  const range = { from: Math.max(createdAt - clockSlackMs, earliestTimeForNewestFirst), to: stoppedAt + clockSlackMs }
  const first = await streams.filterOne(source, { ...range, newestFirst: true, limit: requestedLines })
  if (first.next === undefined) return first.events
  const [firstEvent, lastEvent] = [first.events[0], first.events.at(-1)]
  if (firstEvent && lastEvent && firstEvent.time > lastEvent.time) return first.events
  if (!mayReadAgain) return undefined
  // Either all lines have the same time, or the endpoint returns the oldest lines first, or the page is empty.
  const second = firstEvent
    ? await streams.filterOne(source, { ...range, from: Math.max(range.from, stoppedAt - beforeStopMs) })
    : await streams.filterOne(source, {
        ...range,
        newestFirst: true,
        limit: requestedLines,
        page: first.next,
      })
  return second.next === undefined || (!firstEvent && second.events.length > 0) ? second.events : undefined
}
