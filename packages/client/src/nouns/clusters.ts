/** Clusters of an account. */
import { call, type Destination, noPathValues, type OptionsOf, plannable, send } from '../call.ts'
import { listing } from '../listing.ts'
import { type ClusterRef, clusterPath } from '../references.ts'
import type { Cluster, ClusterCreate, ClusterPatch, ClusterPut } from '../resources.ts'
import { watch } from '../streams/watch.ts'
import type { StreamOptions } from '../streams/watch-event.ts'

const cluster = '/{account}/clusters/{cluster}'

export const clusterCalls = {
  list: call('listClusters', 'GET', '/{account}/clusters'),
  get: call('getCluster', 'GET', cluster),
  create: call('createCluster', 'POST', '/{account}/clusters'),
  put: call('putCluster', 'PUT', cluster),
  update: call('updateCluster', 'PATCH', cluster),
  remove: call('deleteCluster', 'DELETE', cluster),
  events: call('listClusterEvents', 'GET', `${cluster}/events`),
}

export function clusters(destination: Destination) {
  const list = (query?: OptionsOf<'listClusters'>) => listing(destination, clusterCalls.list, noPathValues, query)
  return {
    list,
    page: (query?: OptionsOf<'listClusters'>) => list(query).page(),
    get: (ref: ClusterRef, options?: Omit<OptionsOf<'getCluster'>, 'cursor'>) =>
      send(destination, clusterCalls.get, () => clusterPath(ref), undefined, options),
    create: plannable<[body: ClusterCreate], 'createCluster'>((body, options) =>
      send(destination, clusterCalls.create, noPathValues, body, options),
    ),
    /** Creates the cluster, or brings it to this state. */
    put: plannable<[ref: ClusterRef, body?: ClusterPut], 'putCluster'>((ref, body = {}, options) =>
      send(destination, clusterCalls.put, () => clusterPath(ref), body, options),
    ),
    update: plannable<[ref: ClusterRef, body: ClusterPatch], 'updateCluster'>((ref, body, options) =>
      send(destination, clusterCalls.update, () => clusterPath(ref), body, options),
    ),
    remove: plannable<[ref: ClusterRef], 'deleteCluster'>((ref, options) =>
      send(destination, clusterCalls.remove, () => clusterPath(ref), undefined, options),
    ),
    /** The events of all its services, newest first. */
    events: (ref: ClusterRef, query?: OptionsOf<'listClusterEvents'>) =>
      listing(destination, clusterCalls.events, () => clusterPath(ref), query),
    watch: (ref: ClusterRef, options?: StreamOptions) =>
      watch<Cluster>(destination, clusterCalls.get, () => clusterPath(ref), options),
  }
}
