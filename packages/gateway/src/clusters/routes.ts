/** The routes of clusters. */
import type { Account } from '../aws/account.ts'
import type { Cache } from '../cache/cache.ts'
import { cacheKeyOf } from '../http/caller.ts'
import { listSchema, pageQuery } from '../http/list.ts'
import { type Api, type RouteSchema, streamQuery } from '../http/route.ts'
import { dryRunQuery, planSchema } from '../plans/schema.ts'
import { answerSchema, bodySchema, patchSchema } from '../shapes/json-schema.ts'
import { Type } from '../typebox/type.ts'
import { createCluster } from './create.ts'
import { deleteCluster, planClusterDeletion } from './delete.ts'
import { clusterKind } from './get.ts'
import { listClusters } from './list.ts'
import { clearableClusterFields, patchCluster } from './patch.ts'
import { planCluster } from './plan.ts'
import { putCluster } from './put.ts'
import { clusterParams } from './schema.ts'

const tag = 'Clusters'
const cluster = answerSchema('Cluster')
const changedOrPlan = Type.Union([cluster, planSchema])
const params = clusterParams
const bodyExample = { settings: { containerInsights: 'enabled' }, tags: { team: 'web' } }
/** The same body in the form of ECS's API. */
const ecsExample = {
  settings: [{ name: 'containerInsights', value: 'enabled' }],
  tags: [{ key: 'team', value: 'web' }],
}

const list = {
  summary: 'List clusters',
  operationId: 'listClusters',
  description: 'The clusters that the token may use, ordered by name.',
  tag,
  query: pageQuery,
  answers: { 200: listSchema('ClusterList', cluster) },
} satisfies RouteSchema

const create = {
  summary: 'Create a cluster',
  operationId: 'createCluster',
  description: 'Without a name, the cluster is called `default`, as in ECS.',
  tag,
  body: {
    ...bodySchema('ClusterCreate', 'CreateCluster', { ecsExample: { clusterName: 'prod', ...ecsExample } }),
    examples: [{ name: 'prod' }, { name: 'prod', ...bodyExample }],
  },
  isBodyOptional: true,
  query: dryRunQuery,
  answers: { 200: planSchema, 201: cluster },
  problems: ['ClusterAlreadyExists'],
} satisfies RouteSchema

const get = {
  summary: 'Get a cluster',
  operationId: 'getCluster',
  tag,
  params,
  query: streamQuery,
  answers: { 200: cluster },
  problems: ['ClusterNotFound'],
} satisfies RouteSchema

const put = {
  summary: 'Create a cluster or set its fields',
  operationId: 'putCluster',
  description:
    'Creates the cluster if it does not exist. Each field of the body gets exactly the given value. ' +
    'Fields that the body leaves out, and tags that it does not name, stay as they are.',
  tag,
  params,
  body: {
    ...bodySchema('ClusterPut', 'CreateCluster', { omitted: ['clusterName'], ecsExample }),
    examples: [bodyExample],
  },
  isBodyOptional: true,
  query: dryRunQuery,
  answers: { 200: changedOrPlan, 201: cluster },
  problems: ['PreconditionFailed'],
  ifMatch: true,
} satisfies RouteSchema

const patch = {
  summary: 'Change a cluster',
  operationId: 'updateCluster',
  description:
    'JSON Merge Patch (RFC 7396): maps are merged, lists are replaced, and `null` removes a field or a tag. ' +
    'Fields that ECS cannot clear do not accept `null`.',
  tag,
  params,
  body: {
    ...patchSchema('ClusterPatch', 'CreateCluster', {
      omitted: ['clusterName'],
      clearable: clearableClusterFields,
      ecsExample,
    }),
    examples: [{ tags: { team: 'web', old: null } }],
  },
  query: dryRunQuery,
  answers: { 200: changedOrPlan },
  problems: ['ClusterNotFound', 'PreconditionFailed'],
  ifMatch: true,
} satisfies RouteSchema

const remove = {
  summary: 'Delete a cluster',
  operationId: 'deleteCluster',
  description: 'The cluster must contain no services and no tasks.',
  tag,
  params,
  notYetAvailable: { recursive: { accepted: ['false'], planned: ['true'], feature: 'emptying the cluster first' } },
  query: dryRunQuery,
  answers: { 200: changedOrPlan },
  problems: ['ClusterNotFound', 'ClusterContainsServices', 'ClusterContainsTasks', 'PreconditionFailed'],
  ifMatch: true,
} satisfies RouteSchema

export function clusterRoutes(api: Api<Account>, cache: Cache): void {
  api.get('/:account/clusters', { schema: list }, ({ account, query, caller, url, freshness }) =>
    cache
      .compositeEntry(account, { topics: ['clusters'], key: cacheKeyOf(caller, url) }, () =>
        listClusters(account, caller, query),
      )
      .read(freshness),
  )
  api.post('/:account/clusters', { schema: create }, async ({ account, body, caller, firstTryAt, query }, reply) => {
    if (query.dryRun) return planCluster(account, (planningAccount) => createCluster(planningAccount, caller, body))
    const created = await createCluster(account, caller, body, firstTryAt)
    return reply.created(created, `/${account.name}/clusters/${created.name}`)
  })
  const clusterStream = ({ account, params }: { account: Account; params: { cluster: string } }) =>
    cache.resourceStream(clusterKind, account, { cluster: '', ref: params.cluster })
  api.get('/:account/clusters/:cluster', { schema: get, stream: clusterStream }, ({ account, params, freshness }) =>
    cache.resourceEntry(clusterKind, account, { cluster: '', ref: params.cluster }).read(freshness),
  )
  api.put('/:account/clusters/:cluster', { schema: put }, async ({ account, params, body, ifMatch, query }, reply) => {
    if (query.dryRun)
      return planCluster(
        account,
        async (planningAccount) => (await putCluster(planningAccount, params.cluster, body, ifMatch)).cluster,
        params.cluster,
      )
    const { created, cluster } = await putCluster(account, params.cluster, body, ifMatch)
    return created ? reply.created(cluster, `/${account.name}/clusters/${cluster.name}`) : cluster
  })
  api.patch('/:account/clusters/:cluster', { schema: patch }, ({ account, params, body, ifMatch, query }) => {
    const change = (realOrPlanningAccount: Account) =>
      patchCluster(realOrPlanningAccount, params.cluster, body, ifMatch)
    return query.dryRun ? planCluster(account, change, params.cluster) : change(account)
  })
  api.delete('/:account/clusters/:cluster', { schema: remove }, ({ account, params, ifMatch, query }) => {
    const { cluster } = params
    return query.dryRun
      ? planCluster(account, (planningAccount) => planClusterDeletion(planningAccount, cluster, ifMatch), cluster)
      : deleteCluster(account, cluster, ifMatch)
  })
}
