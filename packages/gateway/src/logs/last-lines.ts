/** The last lines of one container of a stopped task: evidence of why it stopped. */
import { shortName } from '@ecs-api/ecs-model'
import { NotFound, Problem } from '../problems/problem.ts'
import type { AccountLogs } from './account-logs.ts'
import type { ContainerLogs } from './container-logs.ts'
import { type LogLine, lineOf } from './log-line.ts'
import type { LogSource } from './log-source.ts'
import { type EventPage, earliestNewestFirst } from './log-streams.ts'
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

/** `reason` says why there are no lines. */
export type LastLines = { lines: LogLine[]; reason?: undefined } | { lines: readonly []; reason: string }

const maxLines = 20
/** More than those, so that they seldom have all the same time: their order shows whether they are the newest. */
const askedLines = 100
/** The clock of the container’s host may differ from that of ECS, and the log driver sends lines late. */
const slackMs = 5 * 60_000
/** Where an endpoint cannot return the newest lines first, those of this time before the stop are read. */
const lastMs = 60_000

/**
 * Reads the last 20 lines in order of time with at most two calls to AWS: DescribeTaskDefinition where the definition is
 * not cached, FilterLogEvents, and FilterLogEvents again where the first one does not have them. What AWS rejects
 * becomes the reason.
 */
export async function readLastLines(
  stopped: StoppedContainer,
  logs: Pick<AccountLogs, 'definitions' | 'streams'>,
): Promise<LastLines> {
  try {
    const definition = shortName(stopped.taskDefinition)
    const mayReadAgain = logs.definitions.has(definition)
    const containers = await logs.definitions.find(definition)
    if (!containers)
      return without(`The task definition ${definition} was deleted, so the container’s log stream is not known.`)
    const source = sourceOf(containers, stopped)
    if (!source) return without(reasonWithoutSource(containers, stopped))
    const events = await readNewest(source, stopped, logs, mayReadAgain)
    if (!events) return without('CloudWatch Logs did not return the newest lines with two calls.')
    if (events.length === 0) return without(`The container ${stopped.container} printed nothing.`)
    return { lines: events.toSorted(comparePositions).slice(-maxLines).map(lineOf) }
  } catch (error) {
    if (error instanceof NotFound && error.code === 'LogStreamNotFound')
      return without(`The container ${stopped.container} has no log stream, so it has not started.`)
    if (error instanceof Problem) return without(error.detail)
    throw error
  }
}

function without(reason: string): LastLines {
  return { lines: [], reason }
}

function sourceOf({ readable }: ContainerLogs, { task, container, createdAt, stoppedAt }: StoppedContainer) {
  const logs = readable.find((each) => each.container === container)
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
    isUncertain: true,
  }
  return source
}

function reasonWithoutSource({ elsewhere }: ContainerLogs, { container, taskDefinition }: StoppedContainer): string {
  const found = elsewhere.find((each) => each.container === container)
  return found?.detail ?? `The task definition ${shortName(taskDefinition)} has no container ${container}.`
}

/** @returns undefined where the newest lines cannot be read with two calls */
async function readNewest(
  source: LogSource,
  { createdAt, stoppedAt }: StoppedContainer,
  { streams }: Pick<AccountLogs, 'streams'>,
  mayReadAgain: boolean,
): Promise<EventPage['events'] | undefined> {
  const range = { from: Math.max(createdAt - slackMs, earliestNewestFirst), to: stoppedAt + slackMs }
  const first = await streams.filterOne(source, { ...range, newestFirst: true, limit: askedLines })
  if (first.nextToken === undefined) return first.events
  const [one, other] = [first.events[0], first.events.at(-1)]
  if (one && other && one.time > other.time) return first.events
  if (!mayReadAgain) return undefined
  // The lines have one time, or the endpoint ignores the order and these are the oldest; or the page is empty.
  const second = one
    ? await streams.filterOne(source, { ...range, from: Math.max(range.from, stoppedAt - lastMs) })
    : await streams.filterOne(source, { ...range, newestFirst: true, limit: askedLines, nextToken: first.nextToken })
  return second.nextToken === undefined || (!one && second.events.length > 0) ? second.events : undefined
}
