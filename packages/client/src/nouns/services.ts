/** Services of an account. A call that can make a deployment returns a `Rollout`, which follows that deployment. */
import {
  type Call,
  type Destination,
  defineCall,
  noPathValues,
  type OperationId,
  type OptionsOf,
  send,
  withDryRun,
} from '../call.ts'
import { type Listing, listing } from '../listing.ts'
import { followLogs, type LogEvent } from '../logs.ts'
import { type ClusterRef, clusterPathValues, type ServiceRef, servicePathValues } from '../references.ts'
import type { LogPage, RollbackPlan, RollbackRequest, Service, ServiceCreate, ServicePatch } from '../resources.ts'
import { type Rollout, rolloutOf } from '../rollout.ts'
import { watch } from '../streams/watch.ts'
import type { StreamOptions } from '../streams/watch-event.ts'

const listPath = '/{account}/clusters/{cluster}/services'
const itemPath = `${listPath}/{service}`

export const serviceCalls = {
  list: defineCall(`GET ${listPath}`),
  listAll: defineCall('GET /{account}/services'),
  get: defineCall(`GET ${itemPath}`),
  create: defineCall(`POST ${listPath}`),
  update: defineCall(`PATCH ${itemPath}`),
  remove: defineCall(`DELETE ${itemPath}`),
  restart: defineCall(`POST ${itemPath}/restart`),
  rollback: defineCall(`POST ${itemPath}/rollback`),
  tasks: defineCall(`GET ${itemPath}/tasks`),
  events: defineCall(`GET ${itemPath}/events`),
  diagnosis: defineCall(`GET ${itemPath}/diagnosis`),
  logs: defineCall(`GET ${itemPath}/logs`),
  metrics: defineCall(`GET ${itemPath}/metrics`),
}

type LogQuery = Omit<OptionsOf<'listServiceLogs'>, 'follow'>

export function services(destination: Destination) {
  const list = ({ cluster, ...query }: OptionsOf<'listServices'> & { cluster?: ClusterRef } = {}) =>
    cluster === undefined
      ? listing(destination, serviceCalls.listAll, noPathValues, query)
      : listing(destination, serviceCalls.list, () => clusterPathValues(cluster), query)
  const methodWithoutBody =
    <Id extends OperationId>(apiCall: Call<Id>) =>
    (ref: ServiceRef, options?: OptionsOf<Id>) =>
      send(destination, apiCall, () => servicePathValues(ref), undefined, options)

  function logs(
    ref: ServiceRef,
    query: Omit<LogQuery, 'fresh'> & StreamOptions & { follow: true },
  ): AsyncIterable<LogEvent>
  function logs(ref: ServiceRef, query?: LogQuery & { follow?: false }): Listing<LogPage>
  function logs(ref: ServiceRef, query: LogQuery & StreamOptions & { follow?: boolean } = {}): AsyncIterable<unknown> {
    const pathValues = () => servicePathValues(ref)
    return query.follow
      ? followLogs(destination, serviceCalls.logs, pathValues, query)
      : listing(destination, serviceCalls.logs, pathValues, query)
  }

  /** The rollout of a change, or its plan. */
  const rolloutOrPlan = async (answer: Promise<object>, options?: { dryRun?: boolean }) =>
    options?.dryRun ? answer : rolloutOf(destination, serviceCalls.get, (await answer) as Service)

  return {
    /** Of one cluster, or of all. */
    list,
    page: (query?: Parameters<typeof list>[0]) => list(query).page(),
    get: (ref: ServiceRef, options?: Omit<OptionsOf<'getService'>, 'cursor'>) =>
      methodWithoutBody(serviceCalls.get)(ref, options),
    create: withDryRun<[cluster: ClusterRef, body: ServiceCreate], 'createService', Rollout>((cluster, body, options) =>
      rolloutOrPlan(
        send(destination, serviceCalls.create, () => clusterPathValues(cluster), body, options),
        options,
      ),
    ),
    /** Changes the fields given: maps merge, `null` removes. */
    update: withDryRun<[ref: ServiceRef, body: ServicePatch], 'updateService', Rollout>((ref, body, options) =>
      rolloutOrPlan(
        send(destination, serviceCalls.update, () => servicePathValues(ref), body, options),
        options,
      ),
    ),
    remove: withDryRun<[ref: ServiceRef], 'deleteService'>(methodWithoutBody(serviceCalls.remove)),
    /** Deploys the same definition again. */
    restart: withDryRun<[ref: ServiceRef], 'restartService', Rollout>((ref, options) =>
      rolloutOrPlan(methodWithoutBody(serviceCalls.restart)(ref, options), options),
    ),
    /** Restores a release; without a body, the newest stable one that is not deployed. */
    rollback: withDryRun<[ref: ServiceRef, body?: RollbackRequest], 'rollbackService', Rollout, RollbackPlan>(
      (ref, body = {}, options) =>
        rolloutOrPlan(
          send(destination, serviceCalls.rollback, () => servicePathValues(ref), body, options),
          options,
        ),
    ),
    watch: (ref: ServiceRef, options?: StreamOptions) =>
      watch<Service>(destination, serviceCalls.get, () => servicePathValues(ref), options),
    tasks: (ref: ServiceRef, query?: OptionsOf<'listServiceTasks'>) =>
      listing(destination, serviceCalls.tasks, () => servicePathValues(ref), query),
    events: (ref: ServiceRef, query?: OptionsOf<'listServiceEvents'>) =>
      listing(destination, serviceCalls.events, () => servicePathValues(ref), query),
    diagnosis: methodWithoutBody(serviceCalls.diagnosis),
    /** The lines, page by page; with `follow`, the lines as they arrive. */
    logs,
    metrics: methodWithoutBody(serviceCalls.metrics),
  }
}
