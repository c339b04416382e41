/** Tasks of an account. */
import { type Destination, defineCall, noPathValues, type OptionsOf, send } from '../call.ts'
import { type ExecOptions, openTerminal, type Terminal } from '../exec.ts'
import { type Listing, listing } from '../listing.ts'
import { followLogs, type LogEvent } from '../logs.ts'
import { type ClusterRef, clusterPathValues, type TaskRef, taskPathValues } from '../references.ts'
import type { ExecRequest, ExecResult, LogPage, Task, TaskRun } from '../resources.ts'
import { watch } from '../streams/watch.ts'
import type { StreamOptions } from '../streams/watch-event.ts'

const listPath = '/{account}/clusters/{cluster}/tasks'
const itemPath = `${listPath}/{task}`

export const taskCalls = {
  list: defineCall(`GET ${listPath}`),
  listAll: defineCall('GET /{account}/tasks'),
  get: defineCall(`GET ${itemPath}`),
  create: defineCall(`POST ${listPath}`),
  stop: defineCall(`DELETE ${itemPath}`),
  diagnosis: defineCall(`GET ${itemPath}/diagnosis`),
  logs: defineCall(`GET ${itemPath}/logs`),
  metrics: defineCall(`GET ${itemPath}/metrics`),
  exec: defineCall(`POST ${itemPath}/exec`),
}

type LogQuery = Omit<OptionsOf<'listTaskLogs'>, 'follow'>

export function tasks(destination: Destination) {
  const list = ({ cluster, ...query }: OptionsOf<'listTasks'> & { cluster?: ClusterRef } = {}) =>
    cluster === undefined
      ? listing(destination, taskCalls.listAll, noPathValues, query)
      : listing(destination, taskCalls.list, () => clusterPathValues(cluster), query)
  const create = (cluster: ClusterRef, body: TaskRun, options?: OptionsOf<'runTasks'>) =>
    send(destination, taskCalls.create, () => clusterPathValues(cluster), body, options)
  const stop = (ref: TaskRef, options?: OptionsOf<'stopTask'>) =>
    send(destination, taskCalls.stop, () => taskPathValues(ref), undefined, options)

  function logs(
    ref: TaskRef,
    query: Omit<LogQuery, 'fresh'> & StreamOptions & { follow: true },
  ): AsyncIterable<LogEvent>
  function logs(ref: TaskRef, query?: LogQuery & { follow?: false }): Listing<LogPage>
  function logs(ref: TaskRef, query: LogQuery & StreamOptions & { follow?: boolean } = {}): AsyncIterable<unknown> {
    const pathValues = () => taskPathValues(ref)
    return query.follow
      ? followLogs(destination, taskCalls.logs, pathValues, query)
      : listing(destination, taskCalls.logs, pathValues, query)
  }

  function exec(
    ref: TaskRef,
    body: ExecRequest & { interactive: false },
    options?: OptionsOf<'execInTask'>,
  ): Promise<ExecResult>
  function exec(ref: TaskRef, body: ExecRequest & { interactive?: true }, options?: ExecOptions): Promise<Terminal>
  async function exec(ref: TaskRef, body: ExecRequest, options?: ExecOptions) {
    const answer = await send(destination, taskCalls.exec, () => taskPathValues(ref), body, options)
    return 'url' in answer ? openTerminal(destination.connection, answer, options?.signal) : answer
  }

  return {
    /** Of one cluster, or of all. */
    list,
    page: (query?: Parameters<typeof list>[0]) => list(query).page(),
    get: (ref: TaskRef, options?: Omit<OptionsOf<'getTask'>, 'cursor'>) =>
      send(destination, taskCalls.get, () => taskPathValues(ref), undefined, options),
    /** Runs tasks. */
    create,
    /** The same as `create`. */
    run: create,
    stop,
    /** The same as `stop`. */
    remove: stop,
    watch: (ref: TaskRef, options?: StreamOptions) =>
      watch<Task>(destination, taskCalls.get, () => taskPathValues(ref), options),
    diagnosis: (ref: TaskRef, options?: OptionsOf<'diagnoseTask'>) =>
      send(destination, taskCalls.diagnosis, () => taskPathValues(ref), undefined, options),
    /** The lines, page by page; with `follow`, the lines as they arrive. */
    logs,
    metrics: (ref: TaskRef, options?: OptionsOf<'getTaskMetrics'>) =>
      send(destination, taskCalls.metrics, () => taskPathValues(ref), undefined, options),
    /** Opens a terminal, or runs one command with `interactive: false`. */
    exec,
  }
}
