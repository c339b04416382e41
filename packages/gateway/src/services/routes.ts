/** What can be done with services. */

import type { Service } from '@aws-sdk/client-ecs'
import Type from 'typebox'
import type { Account } from '../aws/account.ts'
import type { Cache } from '../cache/cache.ts'
import { clusterParams } from '../clusters/schema.ts'
import type { History } from '../history/history.ts'
import type { Answer, Reply } from '../http/answer.ts'
import { keyFor } from '../http/caller.ts'
import { listSchema, pageQuery } from '../http/list.ts'
import { type Api, type RouteSchema, streamQuery } from '../http/route.ts'
import { answerAfterWait, type Outcome, waitQuery } from '../http/waiting.ts'
import { answerSchema, bodySchema, patchSchema } from '../shapes/json-schema.ts'
import { listTasks } from '../tasks/list.ts'
import { taskFilter } from '../tasks/routes.ts'
import { createService } from './create.ts'
import { deleteService } from './delete.ts'
import { clearable } from './difference.ts'
import { clusterOf, getService, serviceKind } from './get.ts'
import { listAllServices, listServices } from './list.ts'
import { patchService } from './patch.ts'
import { primaryDeployment } from './primary-deployment.ts'
import { restartService } from './restart.ts'
import { presentService, type ServiceResource } from './schema.ts'
import type { ChangedService } from './update.ts'
import { untilInactive, untilStable } from './wait.ts'

const tag = 'Services'
const service = answerSchema('Service')
const inCluster = clusterParams
export const serviceParams = {
  ...inCluster,
  service: Type.String({ $id: 'ServiceRef', description: 'Name or ARN of the service.', examples: ['www'] }),
}
const include = {
  include: Type.Optional(
    Type.Enum(['events'], { $id: 'IncludeEvents', description: 'Events are left out of lists unless asked for.' }),
  ),
}
const stable = {
  wait: Type.Optional(
    Type.Enum(['STABLE'], {
      $id: 'WaitStable',
      description: 'Answer only when the deployment that this call made has ended.',
    }),
  ),
  ...waitQuery,
}
const onBusy = { onBusy: { now: ['supersede'], later: ['queue', 'reject'], what: 'waiting for another deployment' } }
const notFound = ['ClusterNotFound', 'ServiceNotFound'] as const

const list = {
  summary: 'List the services of a cluster',
  operationId: 'listServices',
  tag,
  params: inCluster,
  query: { ...include, ...pageQuery },
  answers: { 200: listSchema('ServiceList', service) },
  problems: ['ClusterNotFound'],
} satisfies RouteSchema
const listAll = {
  summary: 'List the services of all clusters',
  operationId: 'listAllServices',
  tag,
  query: { ...include, ...pageQuery },
  answers: { 200: listSchema('ServiceList', service) },
} satisfies RouteSchema

const create = {
  summary: 'Create a service',
  operationId: 'createService',
  tag,
  params: inCluster,
  query: stable,
  body: {
    ...bodySchema('ServiceCreate', 'CreateService', {
      leftOut: ['cluster', 'clientToken'],
      required: ['taskDefinition', 'count'],
      ecsExample: {
        serviceName: 'www',
        taskDefinition: 'web',
        desiredCount: 2,
        launchType: 'FARGATE',
        networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } },
      },
    }),
    examples: [{ name: 'www', taskDefinition: 'web', count: 2 }],
  },
  answers: { 201: service, 202: service },
  problems: [
    'ClusterNotFound',
    'TaskDefinitionNotFound',
    'TaskDefinitionInactive',
    'ServiceAlreadyExists',
    'ServiceDraining',
    'DeploymentFailed',
  ],
} satisfies RouteSchema

const get = {
  summary: 'Get a service',
  operationId: 'getService',
  tag,
  params: serviceParams,
  query: streamQuery,
  answers: { 200: service },
  problems: notFound,
} satisfies RouteSchema

const patch = {
  summary: 'Change a service',
  operationId: 'updateService',
  description:
    'JSON Merge Patch: maps merge, lists replace, `null` removes. Takes what UpdateService takes, `tags`, and `containers`: what differs in the containers of the ' +
    'running task definition, as a new revision that is deployed. What equals what is there makes no revision and no deployment.',
  tag,
  params: serviceParams,
  query: stable,
  later: { ...onBusy, force: { now: ['false'], later: ['true'], what: 'setting a count that autoscaling owns' } },
  body: {
    ...patchSchema('ServicePatch', 'UpdateService', {
      leftOut: ['cluster', 'service'],
      // A network configuration needs neither of them.
      clearable: new Set([...clearable, 'securityGroups', 'assignPublicIp']),
      more: (patchOf) => ({
        tags: { type: ['object', 'null'], additionalProperties: { type: ['string', 'null'] } },
        containers: {
          type: 'object',
          description: 'Container name → what differs (any field of a container definition).',
          additionalProperties: { anyOf: [patchOf('ContainerDefinition'), { type: 'null' }] },
        },
      }),
      ecsExample: { taskDefinition: 'web:7', desiredCount: 3, forceNewDeployment: true },
    }),
    examples: [
      { containers: { web: { image: 'nginx:1.29', environment: { LEVEL: 'debug', OLD: null } } } },
      { count: 3 },
    ],
  },
  answers: { 200: service, 202: service },
  problems: [
    ...notFound,
    'TaskDefinitionNotFound',
    'TaskDefinitionInactive',
    'ServiceNotActive',
    'PreconditionFailed',
    'DeploymentFailed',
  ],
  ifMatch: true,
} satisfies RouteSchema

const restart = {
  summary: 'Restart a service',
  operationId: 'restartService',
  description: 'A new deployment of the same task definition.',
  tag,
  params: serviceParams,
  query: stable,
  later: onBusy,
  answers: { 200: service, 202: service },
  problems: [...notFound, 'ServiceNotActive', 'PreconditionFailed', 'DeploymentFailed'],
  ifMatch: true,
} satisfies RouteSchema

const remove = {
  summary: 'Delete a service',
  operationId: 'deleteService',
  description: 'Answers at once: the count goes to zero, ECS drains.',
  tag,
  params: serviceParams,
  query: {
    force: Type.Boolean({ default: false, description: 'ECS’s force.' }),
    wait: Type.Optional(Type.Enum(['INACTIVE'], { description: 'Answer only when it has drained.' })),
    ...waitQuery,
  },
  later: { recursive: { now: ['false'], later: ['true'], what: 'deleting everything that was made for the service' } },
  answers: { 200: service, 202: service },
  problems: [...notFound, 'PreconditionFailed'],
  ifMatch: true,
} satisfies RouteSchema

const tasks = {
  summary: 'List the tasks of a service',
  operationId: 'listServiceTasks',
  tag,
  params: serviceParams,
  query: taskFilter,
  answers: { 200: listSchema('TaskList', answerSchema('Task')) },
  problems: [...notFound, 'StoreUnavailable'],
} satisfies RouteSchema

export function serviceRoutes(api: Api<Account>, cache: Cache, history: History): void {
  const path = '/:account/clusters/:cluster/services/:service'
  api.get('/:account/services', { schema: listAll }, ({ account, query, caller, url, freshness }) =>
    cache
      .composite(account, { topics: ['services'], key: keyFor(caller, url) }, () =>
        listAllServices(account, caller, query),
      )
      .read(freshness),
  )
  api.get(
    '/:account/clusters/:cluster/services',
    { schema: list },
    ({ account, params: { cluster }, query, url, freshness }) =>
      cache
        .composite(account, { topics: ['services'], cluster, key: url }, () => listServices(account, cluster, query))
        .read(freshness),
  )

  api.post('/:account/clusters/:cluster/services', { schema: create }, async (call, reply) => {
    const { account, params, body } = call
    const made = await createService(account, call.caller, params.cluster, body, call.clientToken())
    const location = `/${account.name}/clusters/${clusterOf(made)}/services/${made.serviceName}`
    return stableAnswer(
      call,
      { service: made, deploymentId: primaryDeployment(made)?.id },
      reply,
      (value) => reply.created(value, location),
      location,
    )
  })

  const serviceStream = ({ account, params }: { account: Account; params: { cluster: string; service: string } }) =>
    cache.resourceStream(serviceKind, account, { cluster: params.cluster, ref: params.service })
  api.get(path, { schema: get, stream: serviceStream }, ({ account, params, freshness }) =>
    cache.resource(serviceKind, account, { cluster: params.cluster, ref: params.service }).read(freshness),
  )

  api.patch(path, { schema: patch }, async (call, reply) => {
    const { account, caller, params, body, ifMatch, firstTryAt } = call
    return stableAnswer(
      call,
      await patchService(account, caller, params.cluster, params.service, body, { ifMatch, firstTryAt }),
      reply,
      (value) => value,
    )
  })

  api.post(`${path}/restart`, { schema: restart }, async (call, reply) => {
    const { account, params, ifMatch, firstTryAt } = call
    return stableAnswer(
      call,
      await restartService(account, params.cluster, params.service, { ifMatch, firstTryAt }),
      reply,
      (value) => value,
    )
  })

  api.delete(path, { schema: remove }, async ({ account, params, query, ifMatch, signal }, reply) => {
    const deleted = await deleteService(account, params.cluster, params.service, { force: query.force, ifMatch })
    if (!query.wait) return presentService(deleted)
    const { seen, ...ended } = await untilInactive(account, deleted, { timeout: query.timeout, signal })
    const last = presentService(seen ?? { ...deleted, status: 'INACTIVE' })
    return answerAfterWait(ended, last, { fail: query.fail, failure: 'DeploymentFailed', reply }, (value) => value)
  })

  api.get(`${path}/tasks`, { schema: tasks }, ({ account, params: { cluster, service }, query, url, freshness }) =>
    cache
      .composite(account, { topics: ['tasks', 'services'], cluster, key: url }, async () => {
        const { serviceName } = await getService(account, cluster, service)
        return listTasks(account, cluster, { ...query, service: serviceName }, history)
      })
      .read(freshness),
  )
}

interface StableCall {
  account: Account
  query: { wait?: string; timeout: number; fail: boolean }
  signal: AbortSignal
}

type Ended = (value: ServiceResource | (ServiceResource & Outcome)) => Answer | ServiceResource

/** The answer of a call that may make a deployment, after `?wait=STABLE` where that was asked for. */
async function stableAnswer(
  { account, query, signal }: StableCall,
  changed: ChangedService,
  reply: Reply,
  ended: Ended,
  location?: string,
): Promise<unknown> {
  if (!query.wait) return ended(presentService(changed.service))
  const { seen, ...outcome } = await untilStable(account, changed, { timeout: query.timeout, signal })
  const last: Service = seen ?? changed.service
  return answerAfterWait(
    outcome,
    presentService(last),
    { fail: query.fail, failure: 'DeploymentFailed', reply, location },
    ended as never,
  )
}
