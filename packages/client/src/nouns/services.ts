/** Services of an account. A call that can make a deployment returns a `Rollout`, which follows that deployment. */
import {
  type Call,
  call,
  type Destination,
  noPathValues,
  type OperationId,
  type OptionsOf,
  plannable,
  send,
} from '../call.ts'
import { type Listing, listing } from '../listing.ts'
import { followLogs, type LogEvent } from '../logs.ts'
import { type ClusterRef, clusterPath, type ServiceRef, servicePath } from '../references.ts'
import type { LogPage, RollbackPlan, RollbackRequest, Service, ServiceCreate, ServicePatch } from '../resources.ts'
import { type Rollout, rolloutOf } from '../rollout.ts'
import { watch } from '../streams/watch.ts'
import type { StreamOptions } from '../streams/watch-event.ts'

const ofCluster = '/{account}/clusters/{cluster}/services'
const service = `${ofCluster}/{service}`

export const serviceCalls = {
  list: call('listServices', 'GET', ofCluster),
  listAll: call('listAllServices', 'GET', '/{account}/services'),
  get: call('getService', 'GET', service),
  create: call('createService', 'POST', ofCluster),
  update: call('updateService', 'PATCH', service),
  remove: call('deleteService', 'DELETE', service),
  restart: call('restartService', 'POST', `${service}/restart`),
  rollback: call('rollbackService', 'POST', `${service}/rollback`),
  tasks: call('listServiceTasks', 'GET', `${service}/tasks`),
  events: call('listServiceEvents', 'GET', `${service}/events`),
  diagnosis: call('diagnoseService', 'GET', `${service}/diagnosis`),
  logs: call('listServiceLogs', 'GET', `${service}/logs`),
  metrics: call('getServiceMetrics', 'GET', `${service}/metrics`),
}

type LogQuery = Omit<OptionsOf<'listServiceLogs'>, 'follow'>

export function services(destination: Destination) {
  const list = ({ cluster, ...query }: OptionsOf<'listServices'> & { cluster?: ClusterRef } = {}) =>
    cluster === undefined
      ? listing(destination, serviceCalls.listAll, noPathValues, query)
      : listing(destination, serviceCalls.list, () => clusterPath(cluster), query)
  const methodOf =
    <Id extends OperationId>(apiCall: Call<Id>) =>
    (ref: ServiceRef, options?: OptionsOf<Id>) =>
      send(destination, apiCall, () => servicePath(ref), undefined, options)

  function logs(
    ref: ServiceRef,
    query: Omit<LogQuery, 'fresh'> & StreamOptions & { follow: true },
  ): AsyncIterable<LogEvent>
  function logs(ref: ServiceRef, query?: LogQuery & { follow?: false }): Listing<LogPage>
  function logs(ref: ServiceRef, query: LogQuery & StreamOptions & { follow?: boolean } = {}): AsyncIterable<unknown> {
    const values = () => servicePath(ref)
    return query.follow
      ? followLogs(destination, serviceCalls.logs, values, query)
      : listing(destination, serviceCalls.logs, values, query)
  }

  /** The rollout of a change, or its plan. */
  const rolloutOrPlan = async (answer: Promise<object>, options?: { dryRun?: boolean }) =>
    options?.dryRun ? answer : rolloutOf(destination, serviceCalls.get, (await answer) as Service)

  return {
    /** Of one cluster, or of all. */
    list,
    page: (query?: Parameters<typeof list>[0]) => list(query).page(),
    get: (ref: ServiceRef, options?: Omit<OptionsOf<'getService'>, 'cursor'>) =>
      methodOf(serviceCalls.get)(ref, options),
    create: plannable<[cluster: ClusterRef, body: ServiceCreate], 'createService', Rollout>((cluster, body, options) =>
      rolloutOrPlan(
        send(destination, serviceCalls.create, () => clusterPath(cluster), body, options),
        options,
      ),
    ),
    /** Changes the fields given: maps merge, `null` removes. */
    update: plannable<[ref: ServiceRef, body: ServicePatch], 'updateService', Rollout>((ref, body, options) =>
      rolloutOrPlan(
        send(destination, serviceCalls.update, () => servicePath(ref), body, options),
        options,
      ),
    ),
    remove: plannable<[ref: ServiceRef], 'deleteService'>(methodOf(serviceCalls.remove)),
    /** Deploys the same definition again. */
    restart: plannable<[ref: ServiceRef], 'restartService', Rollout>((ref, options) =>
      rolloutOrPlan(methodOf(serviceCalls.restart)(ref, options), options),
    ),
    /** Restores a release; without a body, the newest stable one that is not deployed. */
    rollback: plannable<[ref: ServiceRef, body?: RollbackRequest], 'rollbackService', Rollout, RollbackPlan>(
      (ref, body = {}, options) =>
        rolloutOrPlan(
          send(destination, serviceCalls.rollback, () => servicePath(ref), body, options),
          options,
        ),
    ),
    watch: (ref: ServiceRef, options?: StreamOptions) =>
      watch<Service>(destination, serviceCalls.get, () => servicePath(ref), options),
    tasks: (ref: ServiceRef, query?: OptionsOf<'listServiceTasks'>) =>
      listing(destination, serviceCalls.tasks, () => servicePath(ref), query),
    events: (ref: ServiceRef, query?: OptionsOf<'listServiceEvents'>) =>
      listing(destination, serviceCalls.events, () => servicePath(ref), query),
    diagnosis: methodOf(serviceCalls.diagnosis),
    /** The lines, page by page; with `follow`, the lines as they arrive. */
    logs,
    metrics: methodOf(serviceCalls.metrics),
  }
}
