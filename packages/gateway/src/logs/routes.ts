/** The routes of logs. */
import type { Account } from '../aws/account.ts'
import type { Cache } from '../cache/cache.ts'
import { type Caller, cacheKeyOf } from '../http/caller.ts'
import type { Freshness } from '../http/request/freshness.ts'
import type { Reply } from '../http/response/answer.ts'
import type { Api, RouteSchema } from '../http/route.ts'
import type { EventSource } from '../http/streams/event-source.ts'
import { serviceParams } from '../services/routes.ts'
import { taskParams } from '../tasks/routes.ts'
import { Type } from '../typebox/type.ts'
import type { LogTarget } from './find-sources.ts'
import { followLogs } from './follow/follow.ts'
import { formatLines, ndjsonType, plainTextType } from './formats.ts'
import type { Logs } from './logs.ts'
import { type PageQuery, readPage } from './page.ts'
import { logLineSchema, logPageSchema, logQuery, optionalTaskQuery } from './schema.ts'

const description =
  'The lines of the containers with the log driver `awslogs`, merged over containers and tasks in order of time. ' +
  'Without `since` the newest lines; the next page is older. With `since` the lines from there on; the next page is ' +
  'newer. `elsewhere` names containers with other drivers. `Accept: text/plain` gets lines for a person, ' +
  '`application/x-ndjson` one object a line. `Accept: text/event-stream`, or `follow`, follows; ' +
  '`follow` does so as text or NDJSON where `Accept` names them.'
const alsoProduces = {
  [plainTextType]: Type.String({ description: 'A line for each: time, container and task, message.' }),
  [ndjsonType]: logLineSchema,
}
const streamEvents = {
  description:
    '`lines`: `{"items", "lagSeconds"}`, first with the newest lines, the lines since `since`, or those after ' +
    '`Last-Event-ID`, and with `elsewhere`, `incomplete` and `unavailable` as a page; then with lines as they ' +
    'arrive. `lag`: `{"lagSeconds"}`, the seconds that a line can take to arrive from now on. ' +
    '`deleted`: the service or task is gone, and the stream ends.',
  example: 'id: WzE3OTU…\nevent: lines\ndata: {"items":[{"time":"2026-11-23T14:57:33.120Z",…}],"lagSeconds":1}\n\n',
}
const common = { tag: 'Logs', description, streamEvents, alsoProduces, answers: { 200: logPageSchema } }
const logProblems = ['LogGroupNotFound', 'StoreUnavailable'] as const

const ofService = {
  summary: 'Read the logs of a service',
  operationId: 'listServiceLogs',
  ...common,
  params: serviceParams,
  query: { ...optionalTaskQuery, ...logQuery },
  problems: ['ClusterNotFound', 'ServiceNotFound', 'TaskNotFound', ...logProblems],
} satisfies RouteSchema

const ofTask = {
  summary: 'Read the logs of a task',
  operationId: 'listTaskLogs',
  ...common,
  params: taskParams,
  query: logQuery,
  problems: ['ClusterNotFound', 'TaskNotFound', ...logProblems],
} satisfies RouteSchema

export interface LogRouteDeps {
  cache: Cache
  logs: Logs
  onUnexpectedError: (error: unknown) => void
}

export function logRoutes(api: Api<Account>, { cache, logs, onUnexpectedError }: LogRouteDeps): void {
  const path = '/:account/clusters/:cluster'
  type ServiceRequest = { params: { cluster: string; service: string }; query: PageQuery }
  const serviceTarget = ({ params: { cluster, service }, query: { container } }: ServiceRequest) => ({
    cluster,
    service,
    container,
  })
  type TaskRequest = { params: { cluster: string; task: string }; query: PageQuery }
  const taskTarget = ({ params: { cluster, task }, query: { container } }: TaskRequest) => ({
    cluster,
    task,
    container,
  })

  const ofServices = {
    schema: ofService,
    stream: (call: LogCall & ServiceRequest) => follow(call, serviceTarget(call)),
  }
  api.get(`${path}/services/:service/logs`, ofServices, (call, reply) => respond(call, serviceTarget(call), reply))
  const ofTasks = { schema: ofTask, stream: (call: LogCall & TaskRequest) => follow(call, taskTarget(call)) }
  api.get(`${path}/tasks/:task/logs`, ofTasks, (call, reply) => respond(call, taskTarget(call), reply))

  function follow({ account, caller, query }: LogCall, target: LogTarget): EventSource {
    return followLogs(target, query, { account, ...logs.forAccount(account), caller, now: Date.now, onUnexpectedError })
  }

  async function respond(call: LogCall, target: LogTarget, reply: Reply): Promise<unknown> {
    const { account, caller, query, url, freshness, acceptedType } = call
    const read = () =>
      readPage(account, target, query, { logs: logs.forAccount(account).logs, caller, now: Date.now() })
    if (acceptedType === plainTextType || acceptedType === ndjsonType) {
      const page = await read()
      return reply.text(page, acceptedType, formatLines(page.items, acceptedType))
    }
    const about = {
      topics: ['tasks' as const],
      action: 'FilterLogEvents',
      cluster: target.cluster,
      key: cacheKeyOf(caller, url),
    }
    // Later pages and large pages are seldom requested twice, and would evict other responses from the cache.
    if (query.cursor !== undefined || query.limit > maxCachedLines) return read()
    return cache.compositeEntry(account, about, read).read(freshness)
  }
}

const maxCachedLines = 1_000

interface LogCall {
  account: Account
  caller: Caller
  query: PageQuery
  url: string
  freshness: Freshness
  acceptedType: string
}
