/**
 * Finds the log streams of a service or of a task. Task definitions name the log group in their options of `awslogs`,
 * and ECS names a stream after container and task (ECS Developer Guide, "Send Amazon ECS logs to CloudWatch").
 */
import { shortName } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import type { History } from '../history/history.ts'
import type { Caller } from '../http/caller.ts'
import type { UnavailablePart } from '../http/unavailable-parts.ts'
import { BadRequest, firstNamesText, NotFound, Problem } from '../problems/problem.ts'
import { isTaskReference } from '../tasks/get.ts'
import type { ContainerLogs, ContainerLogsByDefinition, UnreadableContainer } from './container-logs.ts'
import { type LogSource, maxStreamsPerRequest } from './log-source.ts'
import type { LogStreams } from './log-streams.ts'
import { getLoggingTask, type LoggingTask, listServiceTasks, type ServiceTasks } from './logging-tasks.ts'

/**
 * The service or task whose lines a request reads. The path names the service or the task. For a service, the query may
 * name one `task` of it.
 */
export interface LogTarget {
  cluster: string
  service?: string
  task?: string
  container?: string | undefined
}

/** A container whose lines the gateway cannot read, in one or several revisions of a task definition. */
export interface UnreadableContainerOfRevisions extends UnreadableContainer {
  /** `family:revision`: the definitions of the service and of its tasks that have the container. */
  taskDefinitions: string[]
}

export interface FoundSources {
  /** Newest first, at most a hundred. */
  sources: LogSource[]
  elsewhere: UnreadableContainerOfRevisions[]
  /** Tasks whose streams are not in `sources`, because more than a hundred streams match. */
  omittedTasks: { createdAt: number; stoppedAt: number | undefined }[]
  /** Streams of tasks created before this moment may be missing; undefined when none is missing. */
  completeSince: number | undefined
  unavailable: UnavailablePart[]
}

/** A request reads the lines of this time range, in milliseconds since 1970. */
export interface TimeRange {
  from: number
  to: number
}

export interface SourcesDeps {
  history: History
  definitions: ContainerLogsByDefinition
  streams: LogStreams
}

/** Lines may have earlier times than their task: the clock of the container’s host may be behind that of ECS. */
export const clockSlackMs = 60_000
/** Lines of a stopped task may have later times than `stoppedAt`. */
const stoppedSlackMs = 5 * 60_000

/**
 * Finds the log streams that can have lines in the range.
 * @throws NotFound `ClusterNotFound`, `ServiceNotFound`, `TaskNotFound`; BadRequest `InvalidQuery` for a container that
 *   no definition has
 */
export async function findSources(
  account: Account,
  caller: Pick<Caller, 'isFencedToClusters'>,
  target: LogTarget,
  range: TimeRange,
  deps: SourcesDeps,
): Promise<FoundSources> {
  const { cluster, service, task } = target
  if (service === undefined) {
    const onlyTask = await getLoggingTask(account, cluster, task ?? '', deps.history)
    return findSourcesOfTasks([onlyTask], target, allTime, deps)
  }
  const before = task === undefined ? range.to + clockSlackMs : allTime.to
  const listed = await listServiceTasks(account, cluster, service, { before, history: deps.history })
  if (task !== undefined) return findSourcesOfTask(account, caller, { ...target, service, task }, listed, deps)
  const found = await findSourcesOfTasks(listed.tasks, target, range, deps, listed.taskDefinition)
  return { ...withHistoryProblem(found, listed), completeSince: listed.completeSince ?? found.completeSince }
}

/** Ends with the latest time that both FilterLogEvents and JavaScript's dates accept. */
const allTime: TimeRange = { from: 0, to: Date.UTC(9999, 11, 31) }

function withHistoryProblem(found: FoundSources, { historyProblem }: ServiceTasks): FoundSources {
  if (historyProblem === undefined) return found
  if (!(historyProblem instanceof Problem) || found.sources.length === 0) throw historyProblem
  const part = { part: 'tasks that ECS has forgotten', reason: historyProblem.detail }
  return { ...found, unavailable: [...found.unavailable, part] }
}

/**
 * Finds the streams of one task of a service. The streams can still exist when ECS and the history have forgotten it.
 */
async function findSourcesOfTask(
  account: Account,
  { isFencedToClusters }: Pick<Caller, 'isFencedToClusters'>,
  target: LogTarget & { service: string; task: string },
  listed: ServiceTasks,
  deps: SourcesDeps,
): Promise<FoundSources> {
  const { cluster, service, task: ref } = target
  const id = shortName(ref)
  const known = listed.tasks.find((task) => task.id === id) ?? (await findTask(account, target, deps.history))
  if (known && known.group !== `service:${shortName(service)}`) throw noSuchTask(account, target)
  if (known) return findSourcesOfTasks([known], target, allTime, deps)
  // A stream's name contains no cluster and no boundary, so a fenced caller could read lines of other callers' tasks.
  if (isFencedToClusters || account.boundaryTag || !isTaskReference(cluster, ref)) throw noSuchTask(account, target)
  const definitions = new Set([listed.taskDefinition, ...listed.tasks.map(({ taskDefinition }) => taskDefinition)])
  const candidates = new Map<string, LogSource>()
  for (const name of definitions) {
    const logs = await deps.definitions.find(name)
    for (const each of readableContainers(logs, target.container)) {
      const source = { ...sourceOf(each, id), createdAt: 0, stoppedAt: undefined, mayBeMissing: false }
      candidates.set(`${source.region} ${source.group} ${source.stream}`, source)
    }
  }
  const sources = await deps.streams.findExisting([...candidates.values()])
  if (sources.length === 0) throw noSuchTask(account, target)
  return { sources, elsewhere: [], omittedTasks: [], completeSince: undefined, unavailable: [] }
}

async function findTask(account: Account, { cluster, task = '' }: LogTarget, history: History) {
  try {
    return await getLoggingTask(account, cluster, task, history)
  } catch (error) {
    if (error instanceof NotFound && error.code === 'TaskNotFound') return undefined
    throw error
  }
}

function noSuchTask({ name }: Account, { cluster, service = '', task = '' }: LogTarget): NotFound {
  return new NotFound(
    'TaskNotFound',
    `The service ${shortName(service)} of the cluster ${shortName(cluster)} in account ${name} has no task ${shortName(task)}, and no log stream of it was found.`,
    { next: 'GET …/tasks?status=ALL lists the tasks.' },
  )
}

/**
 * Finds the streams of the containers of the tasks.
 * @param extraDefinition the service's definition: its containers are known although no task may have it
 */
async function findSourcesOfTasks(
  tasks: readonly LoggingTask[],
  { container }: LogTarget,
  { from, to }: TimeRange,
  { definitions }: SourcesDeps,
  extraDefinition?: string,
): Promise<FoundSources> {
  const found: FoundSources = {
    sources: [],
    elsewhere: [],
    omittedTasks: [],
    completeSince: undefined,
    unavailable: [],
  }
  const elsewhere = new Map<string, UnreadableContainerOfRevisions>()
  const containerNames = new Set<string>()
  const lookUp = async (definition: string) => {
    const logs = await definitions.find(definition)
    for (const each of [...(logs?.readableContainers ?? []), ...(logs?.unreadableContainers ?? [])])
      containerNames.add(each.container)
    for (const each of logs?.unreadableContainers ?? []) {
      if (container !== undefined && each.container !== container) continue
      const key = `${each.container} ${each.driver} ${JSON.stringify(each.options)}`
      const { taskDefinitions = [] } = elsewhere.get(key) ?? {}
      elsewhere.set(key, { ...each, taskDefinitions: [...new Set([...taskDefinitions, shortName(definition)])] })
    }
    return logs
  }
  if (extraDefinition) await lookUp(extraDefinition)
  const missing = new Set<string>()
  for (const task of tasks) {
    const { taskDefinition, createdAt, stoppedAt } = task
    if (createdAt - clockSlackMs > to || (stoppedAt !== undefined && stoppedAt + stoppedSlackMs < from)) continue
    if (found.omittedTasks.length > 0) {
      found.omittedTasks.push({ createdAt, stoppedAt })
      continue
    }
    const logs = await lookUp(taskDefinition)
    if (!logs) missing.add(taskDefinition)
    const sources = readableContainers(logs, container).flatMap((each) => sourcesOfTask(each, task))
    if (found.sources.length + sources.length > maxStreamsPerRequest) found.omittedTasks.push({ createdAt, stoppedAt })
    else found.sources.push(...sources)
  }
  for (const name of missing)
    found.unavailable.push({
      part: `tasks of ${name}`,
      action: 'ecs:DescribeTaskDefinition',
      reason: `The task definition ${name} was deleted, so the log streams of its tasks are not known.`,
    })
  if (container !== undefined && containerNames.size > 0 && !containerNames.has(container))
    throw noSuchContainer(container, containerNames)
  found.elsewhere = [...elsewhere.values()]
  return found
}

function readableContainers(
  logs: ContainerLogs | undefined,
  container: string | undefined,
): ContainerLogs['readableContainers'] {
  return (logs?.readableContainers ?? []).filter((each) => container === undefined || each.container === container)
}

function sourcesOfTask(logs: ContainerLogs['readableContainers'][number], task: LoggingTask): LogSource[] {
  const state = task.containers.get(logs.container) ?? 'uncertain'
  if (state === 'waiting') return []
  const { createdAt, stoppedAt } = task
  return [{ ...sourceOf(logs, task.id), createdAt, stoppedAt, mayBeMissing: state === 'uncertain' }]
}

function sourceOf({ container, region, group, prefix }: ContainerLogs['readableContainers'][number], task: string) {
  return { region, group, stream: `${prefix}/${container}/${task}`, task, container }
}

function noSuchContainer(container: string, names: ReadonlySet<string>): BadRequest {
  const message = `no container has this name; there are ${firstNamesText([...names].sort(), 10)}`
  return new BadRequest('InvalidQuery', `?container=${container}: ${message}.`, {
    errors: [{ in: 'query', name: 'container', message }],
  })
}
