/** The routes of logs. */
import type { Account } from '../aws/account.ts'
import type { Cache } from '../cache/cache.ts'
import type { Reply } from '../http/answer.ts'
import { type Caller, keyFor } from '../http/caller.ts'
import type { Freshness } from '../http/request/freshness.ts'
import type { Api, RouteSchema } from '../http/route.ts'
import { serviceParams } from '../services/routes.ts'
import { taskParams } from '../tasks/routes.ts'
import { Type } from '../typebox/type.ts'
import type { Logs } from './account-logs.ts'
import type { Target } from './find-sources.ts'
import { formatLines, ndjson, plainText } from './formats.ts'
import { type PageQuery, readPage } from './page.ts'
import { logLine, logPage, logQuery, taskOfService } from './schema.ts'

const description =
  'The lines of the containers with the log driver `awslogs`, merged over containers and tasks in order of time. ' +
  'Without `since` the newest lines; the next page is older. With `since` the lines from there on; the next page is ' +
  'newer. `elsewhere` names containers with other drivers. `Accept: text/plain` gets lines for a person, ' +
  '`application/x-ndjson` one object a line.'
const alsoProduces = {
  [plainText]: Type.String({ description: 'A line for each: time, container and task, message.' }),
  [ndjson]: logLine,
}
const common = { tag: 'Logs', description, alsoProduces, answers: { 200: logPage } }
const ofLogs = ['LogGroupNotFound', 'StoreUnavailable'] as const

const ofService = {
  summary: 'Read the logs of a service',
  operationId: 'listServiceLogs',
  ...common,
  params: serviceParams,
  query: { ...taskOfService, ...logQuery },
  problems: ['ClusterNotFound', 'ServiceNotFound', 'TaskNotFound', ...ofLogs],
} satisfies RouteSchema

const ofTask = {
  summary: 'Read the logs of a task',
  operationId: 'listTaskLogs',
  ...common,
  params: taskParams,
  query: logQuery,
  problems: ['ClusterNotFound', 'TaskNotFound', ...ofLogs],
} satisfies RouteSchema

export function logRoutes(api: Api<Account>, { cache, logs }: { cache: Cache; logs: Logs }): void {
  api.get('/:account/clusters/:cluster/services/:service/logs', { schema: ofService }, (call, reply) =>
    respond(call, { cluster: call.params.cluster, service: call.params.service }, reply),
  )
  api.get('/:account/clusters/:cluster/tasks/:task/logs', { schema: ofTask }, (call, reply) =>
    respond(call, { cluster: call.params.cluster, task: call.params.task }, reply),
  )

  async function respond(call: LogCall, target: Target, reply: Reply): Promise<unknown> {
    const { account, caller, query, url, freshness, accepts } = call
    const read = () =>
      readPage(account, { ...target, container: query.container }, query, {
        logs: logs.of(account),
        caller,
        now: Date.now(),
      })
    if (accepts === plainText || accepts === ndjson) {
      const page = await read()
      return reply.text(page, accepts, formatLines(page.items, accepts))
    }
    const about = {
      topics: ['tasks' as const],
      action: 'FilterLogEvents',
      cluster: target.cluster,
      key: keyFor(caller, url),
    }
    return cache.composite(account, about, read).read(freshness)
  }
}

interface LogCall {
  account: Account
  caller: Caller
  query: PageQuery
  url: string
  freshness: Freshness
  accepts: string
}
