/** The routes of services. */

import type { Account } from '../aws/account.ts'
import type { Cache } from '../cache/cache.ts'
import { clusterParams } from '../clusters/schema.ts'
import type { History } from '../history/history.ts'
import { type Caller, cacheKeyOf } from '../http/caller.ts'
import { listSchema, pageQuery } from '../http/list.ts'
import { type Api, type RouteSchema, streamQuery } from '../http/route.ts'
import { answerAfterWait, waitQuery } from '../http/waiting.ts'
import { rejectWaitWithDryRun } from '../plans/plan.ts'
import { dryRunQuery, planSchema } from '../plans/schema.ts'
import { answerSchema, bodySchema, patchSchema } from '../shapes/json-schema.ts'
import { listTasks } from '../tasks/list.ts'
import { taskFilter, taskListDescription } from '../tasks/routes.ts'
import { Type } from '../typebox/type.ts'
import { createService } from './create.ts'
import { deleteService } from './delete.ts'
import {
  changeAndRecord,
  type DeployingCall,
  type DeployingDeps,
  onBusyNotYetAvailable,
  onBusyQuery,
  recordDeployment,
  requireNoDeployment,
} from './deploying.ts'
import { clearableServiceFields } from './difference.ts'
import { clusterOf, getService, serviceKind } from './get.ts'
import { listAllServices, listServices } from './list.ts'
import { patchService } from './patch.ts'
import { planServiceChange, planServiceCreation } from './plan.ts'
import { primaryDeployment } from './primary-deployment.ts'
import { respondAfterChange, waitStableQuery } from './respond-after-change.ts'
import { restartService } from './restart.ts'
import { toServiceResource } from './schema.ts'
import type { ChangedService, ChangeOptions } from './update.ts'
import { waitUntilInactive } from './wait.ts'

const tag = 'Services'
const service = answerSchema('Service')
const changedOrPlan = Type.Union([service, planSchema])
const inCluster = clusterParams
export const serviceParams = {
  ...inCluster,
  service: Type.String({ $id: 'ServiceRef', description: 'Name or ARN of the service.', examples: ['www'] }),
}
const include = {
  include: Type.Optional(
    Type.Enum(['events'], {
      $id: 'IncludeEvents',
      description: 'Adds the events of each service, which lists leave out by default.',
    }),
  ),
}
const status = {
  status: Type.Enum(['ACTIVE', 'DRAINING', 'ALL'], {
    $id: 'ListedServiceStatus',
    default: 'ACTIVE',
    description:
      '`DRAINING`: deleted services whose tasks still stop, and `ALL`: these, too. ECS does not list them: those are ' +
      'returned that the gateway has deleted or described since their deletion.',
  }),
}
const notFound = ['ClusterNotFound', 'ServiceNotFound'] as const

const list = {
  summary: 'List the services of a cluster',
  operationId: 'listServices',
  description: 'Ordered by name.',
  tag,
  params: inCluster,
  query: { ...include, ...status, ...pageQuery },
  answers: { 200: listSchema('ServiceList', service) },
  problems: ['ClusterNotFound'],
} satisfies RouteSchema
const listAll = {
  summary: 'List the services of all clusters',
  operationId: 'listAllServices',
  description: 'The services of all clusters that the token may use, ordered by cluster, then by name.',
  tag,
  query: { ...include, ...status, ...pageQuery },
  answers: { 200: listSchema('ServiceList', service) },
} satisfies RouteSchema

const create = {
  summary: 'Create a service',
  operationId: 'createService',
  makesDeployment: true,
  description:
    'Without `launchType` and `capacityProviderStrategy`, the service uses the default strategy of the cluster, or ' +
    'Fargate if the cluster has none. Without `subnets`, its tasks run in the default subnets of the account’s ' +
    'configuration. With `dryRun=true`, the task definition can be `web:(new)`: a revision that is not registered yet.',
  tag,
  params: inCluster,
  query: { ...waitStableQuery, ...dryRunQuery },
  body: {
    ...bodySchema('ServiceCreate', 'CreateService', {
      omitted: ['cluster', 'clientToken'],
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
  answers: { 200: planSchema, 201: service, 202: service },
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
  makesDeployment: true,
  description:
    'JSON Merge Patch (RFC 7396): maps are merged, lists are replaced, and `null` removes a field. Fields that ECS ' +
    'cannot clear do not accept `null`. The body has the fields of UpdateService, `tags`, `containers`, `cpu` and ' +
    '`memory`. The last three change single fields of containers and the size of the task: the gateway applies the ' +
    'changes to the task definition of the service, registers the result as a new revision, and deploys it. A value ' +
    'that the service already has causes no new revision and no deployment.',
  tag,
  params: serviceParams,
  query: { ...waitStableQuery, ...onBusyQuery, ...dryRunQuery },
  notYetAvailable: {
    ...onBusyNotYetAvailable,
    force: { accepted: ['false'], planned: ['true'], feature: 'setting a count that auto scaling controls' },
  },
  body: {
    ...patchSchema('ServicePatch', 'UpdateService', {
      omitted: ['cluster', 'service'],
      // The shorthands of the network configuration that ECS does not require.
      clearable: new Set([...clearableServiceFields, 'securityGroups', 'assignPublicIp']),
      addedMembers: (patchOf) => ({
        tags: { type: ['object', 'null'], additionalProperties: { type: ['string', 'null'] } },
        containers: {
          type: 'object',
          description:
            'Container name → the fields to change, which can be any field of a container definition; `null` removes ' +
            'the container.',
          additionalProperties: { anyOf: [patchOf('ContainerDefinition'), { type: 'null' }] },
        },
        cpu: { type: 'number', description: 'CPU units of the task; 1024 are one vCPU.' },
        memory: { type: 'number', description: 'Memory of the task in MiB.' },
      }),
      ecsExample: { taskDefinition: 'web:7', desiredCount: 3, forceNewDeployment: true },
    }),
    examples: [
      { containers: { web: { image: 'nginx:1.29', environment: { LEVEL: 'debug', OLD: null } } } },
      { count: 3 },
    ],
  },
  answers: { 200: changedOrPlan, 202: service },
  problems: [
    ...notFound,
    'TaskDefinitionNotFound',
    'TaskDefinitionInactive',
    'ServiceNotActive',
    'PreconditionFailed',
    'DeploymentInProgress',
    'DeploymentFailed',
  ],
  ifMatch: true,
} satisfies RouteSchema

const restart = {
  summary: 'Restart a service',
  operationId: 'restartService',
  makesDeployment: true,
  description: 'Starts a new deployment of the same task definition.',
  tag,
  params: serviceParams,
  query: { ...waitStableQuery, ...onBusyQuery, ...dryRunQuery },
  notYetAvailable: onBusyNotYetAvailable,
  answers: { 200: changedOrPlan, 202: service },
  problems: [...notFound, 'ServiceNotActive', 'PreconditionFailed', 'DeploymentInProgress', 'DeploymentFailed'],
  ifMatch: true,
} satisfies RouteSchema

const remove = {
  summary: 'Delete a service',
  operationId: 'deleteService',
  description:
    'Sets the desired count to 0 and deletes the service. Without `wait`, the response does not wait until ECS has ' +
    'stopped the tasks.',
  tag,
  params: serviceParams,
  query: {
    force: Type.Boolean({
      default: false,
      description: 'Deletes the service without setting its count to 0 first (`force` of ECS).',
    }),
    wait: Type.Optional(
      Type.Enum(['INACTIVE'], {
        description: 'Waits at most `timeout` seconds until the service is INACTIVE: its last task has stopped.',
      }),
    ),
    ...waitQuery,
    ...dryRunQuery,
  },
  notYetAvailable: {
    recursive: {
      accepted: ['false'],
      planned: ['true'],
      feature: 'deleting everything that was created for the service',
    },
  },
  answers: { 200: changedOrPlan, 202: service },
  problems: [...notFound, 'PreconditionFailed'],
  ifMatch: true,
} satisfies RouteSchema

const tasks = {
  summary: 'List the tasks of a service',
  operationId: 'listServiceTasks',
  description: taskListDescription,
  tag,
  params: serviceParams,
  query: taskFilter,
  answers: { 200: listSchema('TaskList', answerSchema('Task')) },
  problems: [...notFound, 'StoreUnavailable'],
} satisfies RouteSchema

export interface ServiceRouteDeps extends DeployingDeps {
  /** Deletes a service, and stores the outcomes of its deployments, which cannot be read afterwards. */
  deleteServiceKeepingOutcomes: <T>(
    account: Account,
    service: { cluster: string; ref: string },
    remove: () => Promise<T>,
  ) => Promise<T>
  cache: Cache
  history: History
}

export function serviceRoutes(api: Api<Account>, { cache, history, ...deps }: ServiceRouteDeps): void {
  const path = '/:account/clusters/:cluster/services/:service'
  const plan = (
    call: DeployingCall & { caller: Caller; query: { wait?: string; dryRun: boolean } },
    change: (account: Account, options: ChangeOptions) => Promise<ChangedService>,
  ) => {
    const { account, params, query } = call
    rejectWaitWithDryRun(query)
    const options: ChangeOptions = { ifMatch: call.ifMatch, firstTryAt: undefined }
    if (query.onBusy === 'reject')
      options.requireNoDeployment = (current) => requireNoDeployment(deps.releaseLog, account, current)
    const target = { cluster: params.cluster, ref: params.service, caller: call.caller }
    return planServiceChange(account, target, async (planningAccount) => {
      const { service } = await change(planningAccount, options)
      return service
    })
  }
  api.get('/:account/services', { schema: listAll }, ({ account, query, caller, url, freshness }) =>
    cache
      .compositeEntry(account, { topics: ['services'], key: cacheKeyOf(caller, url) }, () =>
        listAllServices(account, caller, query),
      )
      .read(freshness),
  )
  api.get(
    '/:account/clusters/:cluster/services',
    { schema: list },
    ({ account, params: { cluster }, query, url, freshness }) =>
      cache
        .compositeEntry(account, { topics: ['services'], cluster, key: url }, () =>
          listServices(account, cluster, query),
        )
        .read(freshness),
  )

  api.post('/:account/clusters/:cluster/services', { schema: create }, async (call, reply) => {
    const { account, params, body, query } = call
    rejectWaitWithDryRun(query)
    if (query.dryRun)
      return planServiceCreation(account, (planningAccount) =>
        createService(planningAccount, call.caller, params.cluster, body, undefined),
      )
    const created = await createService(account, call.caller, params.cluster, body, call.clientToken())
    const changed = { service: created, deploymentId: primaryDeployment(created)?.id }
    await recordDeployment(deps.releaseLog, call, changed)
    const location = `/${account.name}/clusters/${clusterOf(created)}/services/${created.serviceName}`
    return respondAfterChange(call, changed, reply, {
      toResponse: (value) => reply.created(value, location),
      location,
    })
  })

  const serviceStream = ({ account, params }: { account: Account; params: { cluster: string; service: string } }) =>
    cache.resourceStream(serviceKind, account, { cluster: params.cluster, ref: params.service })
  api.get(path, { schema: get, stream: serviceStream }, ({ account, params, freshness }) =>
    cache.resourceEntry(serviceKind, account, { cluster: params.cluster, ref: params.service }).read(freshness),
  )

  api.patch(path, { schema: patch }, async (call, reply) => {
    const { caller, params, body } = call
    const change = (account: Account, options: ChangeOptions) =>
      patchService(account, caller, params.cluster, params.service, body, options)
    if (call.query.dryRun) return plan(call, change)
    const changed = await changeAndRecord(deps, call, (options) => change(call.account, options))
    return respondAfterChange(call, changed, reply)
  })

  api.post(`${path}/restart`, { schema: restart }, async (call, reply) => {
    const { params } = call
    const change = (account: Account, options: ChangeOptions) =>
      restartService(account, params.cluster, params.service, options)
    if (call.query.dryRun) return plan(call, change)
    const changed = await changeAndRecord(deps, call, (options) => change(call.account, options))
    return respondAfterChange(call, changed, reply)
  })

  api.delete(path, { schema: remove }, async ({ account, caller, params, query, ifMatch, signal }, reply) => {
    rejectWaitWithDryRun(query)
    const { cluster, service: ref } = params
    const remove = (realOrPlanningAccount: Account) =>
      deleteService(realOrPlanningAccount, cluster, ref, { force: query.force, ifMatch })
    if (query.dryRun) return planServiceChange(account, { cluster, ref, caller }, remove)
    const deleted = await deps.deleteServiceKeepingOutcomes(account, { cluster, ref }, () => remove(account))
    if (!query.wait) return toServiceResource(deleted)
    const { lastSeen, ...ended } = await waitUntilInactive(account, deleted, { timeout: query.timeout, signal })
    const last = toServiceResource(lastSeen ?? { ...deleted, status: 'INACTIVE' })
    return answerAfterWait(ended, last, { fail: query.fail, failureCode: 'DeploymentFailed', reply }, (value) => value)
  })

  api.get(`${path}/tasks`, { schema: tasks }, ({ account, params: { cluster, service }, query, url, freshness }) =>
    cache
      .compositeEntry(account, { topics: ['tasks', 'services'], cluster, key: url }, async () => {
        const { serviceName } = await getService(account, cluster, service)
        return listTasks(account, cluster, { ...query, service: serviceName }, history)
      })
      .read(freshness),
  )
}
