/** Finding the cluster that a request means: by name, by ARN, or `default` when it names none. */
import { ecsArn, parseArn } from '@ecs-api/ecs-model'
import { AwsError } from '../protocol/aws-error.ts'
import type { ClusterRecord } from './cluster-record.ts'
import type { Seen, World } from './world.ts'

const CLUSTER_RESOURCE = /^cluster\/([^/]+)$/

/**
 * The cluster, ACTIVE or INACTIVE.
 * @throws AwsError ClusterNotFoundException.
 */
export function findCluster(world: World, reference: string | undefined, seen: Seen = world): ClusterRecord {
  const cluster = seen.clusters.get(clusterName(world, reference) ?? '')
  if (!cluster) throw clusterNotFound()
  return cluster
}

/**
 * The cluster, for work that needs an ACTIVE one.
 * @throws AwsError ClusterNotFoundException.
 */
export function findActiveCluster(world: World, reference: string | undefined): ClusterRecord {
  const cluster = findCluster(world, reference)
  // Seen from CreateService and UpdateService (public reports of Terraform and the AWS CLI); u for other actions.
  if (cluster.status !== 'ACTIVE') throw new AwsError('ClusterNotFoundException', 'The referenced cluster was inactive.')
  return cluster
}

/**
 * The name that a reference to a cluster means here, whether there is such a cluster or not; undefined for an ARN of another account or Region.
 * @throws AwsError InvalidParameterException for what is neither a name nor a cluster's ARN.
 */
export function clusterName(world: World, reference = 'default'): string | undefined {
  if (!reference.includes(':')) {
    if (reference.includes('/')) throw wrongSeparators()
    return reference
  }
  const arn = parseArn(reference)
  const name = arn && CLUSTER_RESOURCE.exec(arn.resource)?.[1]
  if (!arn || !name) throw wrongSeparators()
  return arn.account === world.account && arn.region === world.region ? name : undefined
}

export function clusterArn(world: World, name: string): string {
  return ecsArn(world, 'cluster', name)
}

function clusterNotFound(): AwsError {
  return new AwsError('ClusterNotFoundException', 'Cluster not found.')
}

export function wrongSeparators(): AwsError {
  return new AwsError('InvalidParameterException', 'Invalid identifier: Unexpected number of separators')
}
