/** The routes of a service's releases, and of the rollback to a release. */
import type { Account } from '../aws/account.ts'
import type { Cache } from '../cache/cache.ts'
import type { History } from '../history/history.ts'
import { pageQuery } from '../http/list.ts'
import type { Api, RouteSchema } from '../http/route.ts'
import { rejectWaitWithDryRun } from '../plans/plan.ts'
import { dryRunQuery, releaseDiffSchema, rollbackPlanSchema } from '../plans/schema.ts'
import {
  changeAndRecord,
  type DeployingDeps,
  onBusyNotYetAvailable,
  onBusyQuery,
  requireNoDeployment,
} from '../services/deploying.ts'
import { getService } from '../services/get.ts'
import { respondAfterChange, waitStableQuery } from '../services/respond-after-change.ts'
import { serviceParams } from '../services/routes.ts'
import { answerSchema } from '../shapes/json-schema.ts'
import { Type } from '../typebox/type.ts'
import { diffReleases } from './diff.ts'
import { getRelease } from './get.ts'
import { listReleases } from './list.ts'
import { toRollbackPlanResource } from './plan.ts'
import { planRollbackForDryRun, rollbackService } from './rollback.ts'
import { readRollback, rollbackSchema } from './rollback-body.ts'
import { releaseListSchema, releaseSchema } from './schema.ts'

const tag = 'Releases'
const notFound = ['ClusterNotFound', 'ServiceNotFound'] as const
const releaseParams = {
  ...serviceParams,
  release: Type.String({ $id: 'ReleaseRef', description: 'Number of the release.', examples: ['12'] }),
}

const list = {
  summary: 'List a service’s releases',
  operationId: 'listReleases',
  description:
    'Every configuration that the service was deployed in, the newest release first, also those that were deployed ' +
    'without the gateway. They are stored when they are seen, and outlive the 90 days for which ECS keeps them.',
  tag,
  params: serviceParams,
  query: pageQuery,
  answers: { 200: releaseListSchema },
  problems: [...notFound, 'StoreUnavailable'],
} satisfies RouteSchema

const get = {
  summary: 'Get a release',
  operationId: 'getRelease',
  tag,
  params: releaseParams,
  answers: { 200: releaseSchema },
  problems: [...notFound, 'ReleaseNotFound', 'StoreUnavailable'],
} satisfies RouteSchema

const diff = {
  summary: 'Compare two releases',
  operationId: 'diffReleases',
  readsFrom: 'aws',
  description:
    'The differences of service revision and task definition. Values that may be secret, such as those of ' +
    'environment variables, are replaced by `(hidden)`; their names stay.',
  tag,
  params: releaseParams,
  query: {
    to: Type.Optional(Type.Integer({ minimum: 1, description: 'Another release; by default the current one.' })),
  },
  answers: { 200: releaseDiffSchema },
  problems: [...notFound, 'ReleaseNotFound', 'StoreUnavailable'],
} satisfies RouteSchema

const rollback = {
  summary: 'Roll a service back',
  operationId: 'rollbackService',
  makesDeployment: true,
  description:
    'Restores a release in one deployment: task definition, images by digest, network, load balancers, and the other ' +
    'fields of ECS’s service revision. The desired count stays. Without a body, the newest release that became ' +
    'stable, except the one deployed now and those with the same content, as after a restart. When the release runs already, nothing is deployed. With `dryRun=true` the ' +
    'response is the plan, and nothing changes.',
  tag,
  params: serviceParams,
  query: {
    ...waitStableQuery,
    ...onBusyQuery,
    ...dryRunQuery,
  },
  notYetAvailable: onBusyNotYetAvailable,
  body: rollbackSchema,
  isBodyOptional: true,
  answers: { 200: Type.Union([answerSchema('Service'), rollbackPlanSchema]), 202: answerSchema('Service') },
  problems: [
    ...notFound,
    'ServiceNotActive',
    'ReleaseNotFound',
    'NoReleaseToRestore',
    'ReleaseIncomplete',
    'RollbackNotSupported',
    'TaskDefinitionInactive',
    'PreconditionFailed',
    'DeploymentInProgress',
    'DeploymentFailed',
    'StoreUnavailable',
  ],
  ifMatch: true,
} satisfies RouteSchema

export interface ReleaseRouteDeps extends DeployingDeps {
  cache: Cache
  history: History
}

export function releaseRoutes(api: Api<Account>, { cache, history, ...deps }: ReleaseRouteDeps): void {
  const { releaseLog } = deps
  const path = '/:account/clusters/:cluster/services/:service'
  api.get(`${path}/releases`, { schema: list }, ({ account, params: { cluster, service }, query, url, freshness }) =>
    cache
      .compositeEntry(account, { topics: ['services'], cluster, key: url }, () =>
        listReleases(account, cluster, service, query, releaseLog),
      )
      .read(freshness),
  )
  api.get(`${path}/releases/:release`, { schema: get }, ({ account, params, url, freshness }) =>
    cache
      .compositeEntry(account, { topics: ['services'], cluster: params.cluster, key: url }, () =>
        getRelease(account, params.cluster, params.service, params.release, releaseLog),
      )
      .read(freshness),
  )
  // Not cached: the fence of the caller's token decides which definitions it may compare.
  api.get(`${path}/releases/:release/diff`, { schema: diff }, ({ account, caller, params, query }) =>
    diffReleases(
      account,
      caller,
      { cluster: params.cluster, ref: params.service },
      { release: params.release, to: query.to },
      releaseLog,
    ),
  )
  api.post(`${path}/rollback`, { schema: rollback }, async (call, reply) => {
    const { account, caller, params, query, ifMatch } = call
    const request = { account, caller, cluster: params.cluster, ref: params.service, target: readRollback(call.body) }
    rejectWaitWithDryRun(query)
    if (query.dryRun) {
      const current = await getService(account, params.cluster, params.service)
      const busyCheck = query.onBusy === 'reject' && {
        requireNoDeployment: () => requireNoDeployment(releaseLog, account, current),
      }
      return toRollbackPlanResource(
        await planRollbackForDryRun(request, current, { ifMatch, ...busyCheck }, { releaseLog, history }),
      )
    }
    const changed = await changeAndRecord(deps, call, (options) => rollbackService(request, options, releaseLog))
    return respondAfterChange(call, changed, reply)
  })
}
