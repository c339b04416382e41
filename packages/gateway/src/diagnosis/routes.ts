/** The routes of diagnoses. */

import type { Account } from '../aws/account.ts'
import { perAccount } from '../aws/per-account.ts'
import type { Cache } from '../cache/cache.ts'
import type { History } from '../history/history.ts'
import { cacheKeyOf } from '../http/caller.ts'
import type { Api, RouteSchema } from '../http/route.ts'
import type { Logs } from '../logs/logs.ts'
import { serviceParams } from '../services/routes.ts'
import { taskParams } from '../tasks/routes.ts'
import { Type } from '../typebox/type.ts'
import { diagnoseAccount } from './account.ts'
import { KnownServices } from './known-services.ts'
import { accountDiagnosisSchema, diagnosisSchema } from './schema.ts'
import { diagnoseService } from './service.ts'
import { diagnoseTask } from './task.ts'

const tag = 'Diagnosis'
const causeText =
  'Each cause has a code with a page under `/docs/causes`, its evidence, and next steps. A wording of AWS that is not ' +
  'known has the code `Unknown`. `notChecked` lists checks that were not made.'

const serviceRoute = {
  summary: 'Diagnose a service',
  operationId: 'diagnoseService',
  description:
    'Whether the service is healthy, and why not. The diagnosis uses its counts, events, deployments and stopped ' +
    `tasks. ${causeText}`,
  tag,
  params: serviceParams,
  answers: { 200: diagnosisSchema },
  problems: ['ClusterNotFound', 'ServiceNotFound'],
} satisfies RouteSchema
const taskRoute = {
  summary: 'Diagnose a task',
  operationId: 'diagnoseTask',
  description:
    'Why the task stopped, or whether it is healthy. A task that ECS no longer returns is taken from the history. ' +
    causeText,
  tag,
  params: taskParams,
  answers: { 200: diagnosisSchema },
  problems: ['ClusterNotFound', 'TaskNotFound', 'StoreUnavailable'],
} satisfies RouteSchema
const accountRoute = {
  summary: 'Diagnose an account',
  operationId: 'diagnoseAccount',
  description:
    'The services that are not healthy, the most urgent first, of the clusters that the token may use. At most five ' +
    'calls to AWS are made, and `notChecked` has the number of services that these did not reach. Later requests reach ' +
    'more.',
  tag,
  answers: { 200: accountDiagnosisSchema },
} satisfies RouteSchema

const page = {
  tag: 'Process',
  isPublic: true,
  isHidden: true,
  produces: 'text/html',
  answers: { 200: Type.String() },
} as const
const causeList = { ...page, summary: 'Causes' } satisfies RouteSchema
const causePage = { ...page, summary: 'A cause' } satisfies RouteSchema

/** @param rootApi registers routes without the API's path prefix */
export function diagnosisRoutes(
  api: Api<Account>,
  rootApi: Api<Account>,
  { cache, history, logs }: { cache: Cache; history: History; logs: Logs },
): void {
  api.get(
    '/:account/clusters/:cluster/services/:service/diagnosis',
    { schema: serviceRoute },
    ({ account, params: { cluster, service }, url, freshness }) =>
      cache
        .compositeEntry(account, { topics: ['services', 'tasks'], cluster, key: url }, () =>
          diagnoseService(account, cluster, service, logs.forAccount(account).logs),
        )
        .read(freshness),
  )
  api.get(
    '/:account/clusters/:cluster/tasks/:task/diagnosis',
    { schema: taskRoute },
    ({ account, params: { cluster, task }, url, freshness }) =>
      cache
        .compositeEntry(account, { topics: ['tasks'], cluster, key: url }, () =>
          diagnoseTask(account, cluster, task, history, logs.forAccount(account).logs),
        )
        .read(freshness),
  )
  const knownServicesOf = perAccount((account) => new KnownServices(account))
  api.get('/:account/diagnosis', { schema: accountRoute }, ({ account, caller, url, freshness }) =>
    cache
      .compositeEntry(account, { topics: ['services'], key: cacheKeyOf(caller, url) }, () =>
        diagnoseAccount(account, caller, knownServicesOf(account)),
      )
      .read(freshness),
  )
  rootApi.get('/docs/causes', { schema: causeList }, async () => (await import('./pages.ts')).causesPage())
  rootApi.get('/docs/causes/:code', { schema: causePage }, async ({ params }) =>
    (await import('./pages.ts')).causePage(params.code),
  )
}
