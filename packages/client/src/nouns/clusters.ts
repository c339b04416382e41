/** Clusters of an account. */
import { type Destination, defineCall, noPathValues, type OptionsOf, send, withDryRun } from '../call.ts'
import { listing } from '../listing.ts'
import { type ClusterRef, clusterPathValues } from '../references.ts'
import type { Cluster, ClusterCreate, ClusterPatch, ClusterPut } from '../resources.ts'
import { watch } from '../streams/watch.ts'
import type { StreamOptions } from '../streams/watch-event.ts'

const itemPath = '/{account}/clusters/{cluster}'

export const clusterCalls = {
  list: defineCall('GET /{account}/clusters'),
  get: defineCall(`GET ${itemPath}`),
  create: defineCall('POST /{account}/clusters'),
  put: defineCall(`PUT ${itemPath}`),
  update: defineCall(`PATCH ${itemPath}`),
  remove: defineCall(`DELETE ${itemPath}`),
  events: defineCall(`GET ${itemPath}/events`),
}

export function clusters(destination: Destination) {
  const list = (query?: OptionsOf<'listClusters'>) => listing(destination, clusterCalls.list, noPathValues, query)
  return {
    list,
    page: (query?: OptionsOf<'listClusters'>) => list(query).page(),
    get: (ref: ClusterRef, options?: Omit<OptionsOf<'getCluster'>, 'cursor'>) =>
      send(destination, clusterCalls.get, () => clusterPathValues(ref), undefined, options),
    create: withDryRun<[body: ClusterCreate], 'createCluster'>((body, options) =>
      send(destination, clusterCalls.create, noPathValues, body, options),
    ),
    /** Creates the cluster, or brings it to this state. */
    put: withDryRun<[ref: ClusterRef, body?: ClusterPut], 'putCluster'>((ref, body = {}, options) =>
      send(destination, clusterCalls.put, () => clusterPathValues(ref), body, options),
    ),
    update: withDryRun<[ref: ClusterRef, body: ClusterPatch], 'updateCluster'>((ref, body, options) =>
      send(destination, clusterCalls.update, () => clusterPathValues(ref), body, options),
    ),
    remove: withDryRun<[ref: ClusterRef], 'deleteCluster'>((ref, options) =>
      send(destination, clusterCalls.remove, () => clusterPathValues(ref), undefined, options),
    ),
    /** The events of all its services, newest first. */
    events: (ref: ClusterRef, query?: OptionsOf<'listClusterEvents'>) =>
      listing(destination, clusterCalls.events, () => clusterPathValues(ref), query),
    watch: (ref: ClusterRef, options?: StreamOptions) =>
      watch<Cluster>(destination, clusterCalls.get, () => clusterPathValues(ref), options),
  }
}
