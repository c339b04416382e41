import type { CreateClusterRequest, CreateClusterResponse, ListClustersRequest, ListClustersResponse } from '@aws-sdk/client-ecs'
import type { Wire } from '@ecs-api/ecs-model'
import type { ActionContext, Actions } from './action.ts'
import type { ClusterRecord } from './cluster-record.ts'

export const clusterActions = { CreateCluster: createCluster, ListClusters: listClusters } satisfies Actions

function createCluster({ world }: ActionContext, { clusterName = 'default', tags = [] }: Wire<CreateClusterRequest>): Wire<CreateClusterResponse> {
  const known = world.clusters.get(clusterName)
  if (known?.status === 'ACTIVE') return { cluster: known }
  const cluster: ClusterRecord = {
    clusterArn: `arn:${world.partition}:ecs:${world.region}:${world.account}:cluster/${clusterName}`,
    clusterName,
    status: 'ACTIVE',
    tags,
  }
  world.clusters.set(clusterName, cluster)
  return { cluster }
}

function listClusters({ seen }: ActionContext, _input: Wire<ListClustersRequest>): Wire<ListClustersResponse> {
  const active = [...seen.clusters.values()].filter(({ status }) => status === 'ACTIVE')
  return { clusterArns: active.map(({ clusterArn }) => clusterArn).sort() }
}
