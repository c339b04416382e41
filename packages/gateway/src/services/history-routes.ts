/** The routes of a service's events and deployments. */

import type { Account } from '../aws/account.ts'
import type { Cache, CompositeQuery } from '../cache/cache.ts'
import { clusterParams } from '../clusters/schema.ts'
import type { History } from '../history/history.ts'
import type { Caller } from '../http/caller.ts'
import { listSchema, pageQuery } from '../http/list.ts'
import { type Api, type RouteSchema, streamQuery } from '../http/route.ts'
import { unavailableSchema } from '../http/unavailable-parts.ts'
import type { Plan } from '../plans/plan.ts'
import { dryRunQuery, planSchema } from '../plans/schema.ts'
import { throwIfAnyFault } from '../shapes/body.ts'
import { answerSchema, schemaNamed } from '../shapes/json-schema.ts'
import { Type } from '../typebox/type.ts'
import { continueDeployment, getDeployment, isFinished, listDeployments, stopDeployment } from './deployments.ts'
import { listClusterEvents, listEvents } from './events.ts'
import { planServiceChange } from './plan.ts'
import { serviceParams } from './routes.ts'
import type { FindHealthCheckedContainers } from './task-health.ts'

const deployment = answerSchema('ServiceDeployment')
const notFound = ['ClusterNotFound', 'ServiceNotFound'] as const
const deploymentRoute = {
  tag: 'Deployments',
  params: {
    ...serviceParams,
    deployment: Type.String({
      $id: 'DeploymentRef',
      description: 'Id of the deployment: the last segment of its ARN.',
    }),
  },
  answers: { 200: deployment },
}

const optionalTime = (description: string) => Type.Optional(Type.String({ format: 'date-time', description }))
const events = {
  summary: 'List a service’s events',
  operationId: 'listServiceEvents',
  description: 'Newest first: the last 100 events, which ECS keeps, and the older ones that the gateway has stored.',
  tag: 'Services',
  params: serviceParams,
  query: {
    since: optionalTime('Only events from this time on.'),
    until: optionalTime('Only events before this time.'),
    ...pageQuery,
  },
  answers: { 200: listSchema('ServiceEventList', answerSchema('ServiceEvent')) },
  problems: [...notFound, 'StoreUnavailable'],
} satisfies RouteSchema
const clusterEvents = {
  summary: 'List the events of a cluster’s services',
  operationId: 'listClusterEvents',
  description:
    'The events of all services of the cluster, newest first: the last 100 of each service, which ECS keeps, and the ' +
    'older ones that the gateway has stored, also those of services that were deleted since.',
  tag: 'Clusters',
  params: clusterParams,
  query: events.query,
  answers: {
    200: listSchema(
      'ClusterEventList',
      Type.Unsafe({
        $id: 'ClusterEvent',
        allOf: [answerSchema('ServiceEvent')],
        ...Type.Object({ service: Type.String({ description: 'Name of the service.' }) }),
      }),
    ),
  },
  problems: ['ClusterNotFound', 'StoreUnavailable'],
} satisfies RouteSchema

const list = {
  summary: 'List a service’s deployments',
  operationId: 'listDeployments',
  description: 'Newest first. ECS keeps deployments for 90 days.',
  ...deploymentRoute,
  params: serviceParams,
  query: pageQuery,
  answers: { 200: listSchema('ServiceDeploymentList', deployment, { unavailable: Type.Optional(unavailableSchema) }) },
  problems: notFound,
} satisfies RouteSchema
const get = {
  summary: 'Get a deployment',
  operationId: 'getDeployment',
  ...deploymentRoute,
  query: streamQuery,
  problems: [...notFound, 'DeploymentNotFound'],
} satisfies RouteSchema
const changeProblems = [...notFound, 'DeploymentNotFound', 'DeploymentFinished'] as const

const stopTypes = ['ROLLBACK', 'ABORT'] as const
const stop = {
  summary: 'Stop a deployment',
  operationId: 'stopDeployment',
  description: 'Stops a deployment that is in progress.',
  ...deploymentRoute,
  body: Type.Object(
    { stopType: Type.Optional(Type.Enum(stopTypes, { description: 'Default `ROLLBACK`.' })) },
    { $id: 'DeploymentStop', additionalProperties: false, examples: [{ stopType: 'ROLLBACK' }] },
  ),
  isBodyOptional: true,
  query: dryRunQuery,
  answers: { 200: Type.Union([deployment, planSchema]) },
  problems: changeProblems,
} satisfies RouteSchema

const actions = ['CONTINUE', 'ROLLBACK'] as const
const resume = {
  summary: 'Continue a deployment that waits at a PAUSE hook',
  operationId: 'continueDeployment',
  ...deploymentRoute,
  body: Type.Object(
    {
      action: Type.Optional(schemaNamed('DeploymentLifecycleHookAction', { description: 'Default `CONTINUE`.' })),
    },
    { $id: 'DeploymentContinue', additionalProperties: false, examples: [{ action: 'CONTINUE' }] },
  ),
  isBodyOptional: true,
  query: dryRunQuery,
  answers: { 200: Type.Union([deployment, planSchema]) },
  problems: [...changeProblems, 'ResourceInUse'],
} satisfies RouteSchema

interface DeploymentCall {
  account: Account
  params: { cluster: string; service: string; deployment: string }
}

export interface ServiceHistoryRouteDeps {
  cache: Cache
  history: History
  /** Finds the containers with a health check in a task definition of the account. Describes each definition once. */
  checkedContainers: (account: Account) => FindHealthCheckedContainers
}

export function serviceHistoryRoutes(
  api: Api<Account>,
  { cache, history, checkedContainers }: ServiceHistoryRouteDeps,
): void {
  const path = '/:account/clusters/:cluster/services/:service'
  api.get(`${path}/events`, { schema: events }, ({ account, params: { cluster, service }, query, url, freshness }) =>
    cache
      .compositeEntry(account, { topics: ['services'], cluster, key: url }, () =>
        listEvents(account, cluster, service, query, history),
      )
      .read(freshness),
  )
  api.get(
    '/:account/clusters/:cluster/events',
    { schema: clusterEvents },
    ({ account, params: { cluster }, query, url, freshness }) =>
      cache
        .compositeEntry(account, { topics: ['services'], cluster, key: url }, () =>
          listClusterEvents(account, cluster, query, history),
        )
        .read(freshness),
  )
  api.get(`${path}/deployments`, { schema: list }, ({ account, params: { cluster, service }, query, url, freshness }) =>
    cache
      .compositeEntry(account, { topics: ['services'], cluster, key: url }, () =>
        listDeployments(account, cluster, service, query, checkedContainers(account)),
      )
      .read(freshness),
  )
  const deploymentQuery = ({ account, params: { cluster, service, deployment } }: DeploymentCall) => ({
    about: { topics: ['services'], cluster, key: `${cluster} ${service} ${deployment}` } satisfies CompositeQuery,
    compose: () => getDeployment(account, cluster, service, deployment, checkedContainers(account)),
  })
  const deploymentStream = (call: DeploymentCall) => {
    const { about, compose } = deploymentQuery(call)
    return cache.compositeStream(call.account, about, compose, (found) => (isFinished(found) ? 'final' : 'changing'))
  }
  api.get(`${path}/deployments/:deployment`, { schema: get, stream: deploymentStream }, (call) => {
    const { about, compose } = deploymentQuery(call)
    return cache.compositeEntry(call.account, about, compose).read(call.freshness)
  })
  api.post(`${path}/deployments/:deployment/stop`, { schema: stop }, ({ account, caller, params, query, body }) => {
    const { cluster, service, deployment } = params
    const stopType = readChoice(body, 'stopType', stopTypes)
    const change = (realOrPlanningAccount: Account) =>
      stopDeployment(realOrPlanningAccount, cluster, service, deployment, stopType, checkedContainers(account))
    return query.dryRun ? planDeploymentChange(account, caller, params, change) : change(account)
  })
  api.post(
    `${path}/deployments/:deployment/continue`,
    { schema: resume },
    ({ account, caller, params, query, body }) => {
      const { cluster, service, deployment } = params
      const action = readChoice(body, 'action', actions)
      const change = (realOrPlanningAccount: Account) =>
        continueDeployment(realOrPlanningAccount, cluster, service, deployment, action, checkedContainers(account))
      return query.dryRun ? planDeploymentChange(account, caller, params, change) : change(account)
    },
  )
}

/** The plan of stopping or continuing a deployment. It has effects and no changed fields of the service. */
async function planDeploymentChange(
  account: Account,
  caller: Caller,
  { cluster, service }: DeploymentCall['params'],
  change: (planningAccount: Account) => Promise<unknown>,
): Promise<Plan> {
  // These requests take no If-Match: their path names the deployment.
  const { configVersion, ...plan } = await planServiceChange(
    account,
    { cluster, ref: service, caller },
    async (planningAccount) => {
      await change(planningAccount)
      return undefined
    },
  )
  return plan
}

/**
 * The value of the body's only field. Without a body or without the field, it is the first of the allowed values.
 * @throws BadRequest `InvalidBody`
 */
function readChoice<const Value extends string>(
  body: unknown,
  field: string,
  values: readonly [Value, ...Value[]],
): Value {
  if (body === undefined) return values[0]
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throwIfAnyFault([{ pointer: '', message: 'an object is expected' }])
  const fields = Object.entries(body as Record<string, unknown>)
  throwIfAnyFault(
    fields
      .filter(([name]) => name !== field)
      .map(([name]) => ({
        pointer: `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`,
        message: `unknown field ${name}; the only field is ${field}`,
      })),
  )
  const given = fields[0]?.[1] ?? values[0]
  const value = values.find((candidate) => candidate === given)
  if (value === undefined) throwIfAnyFault([{ pointer: `/${field}`, message: `must be one of ${values.join(', ')}` }])
  return value ?? values[0]
}
