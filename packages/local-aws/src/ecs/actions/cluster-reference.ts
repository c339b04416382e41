/** Finds the cluster that a request refers to: by name, by ARN, or `default` when it names none. */
import { ecsArn } from '@ecs-api/ecs-model'
import { AwsError } from '../../protocol/aws-error.ts'
import type { ClusterRecord } from '../records/cluster-record.ts'
import type { EcsState, ReadView } from '../records/state.ts'
import { ownResource, wrongSeparators } from './own-arn.ts'

/**
 * Finds a cluster, ACTIVE or INACTIVE.
 * @throws AwsError ClusterNotFoundException.
 */
export function findCluster(
  ecsState: EcsState,
  reference: string | undefined,
  readView: ReadView = ecsState,
): ClusterRecord {
  const cluster = readView.clusters.get(clusterName(ecsState, reference))
  if (!cluster) throw clusterNotFound()
  return cluster
}

/**
 * Finds a cluster that has not been deleted.
 * @throws AwsError ClusterNotFoundException.
 */
export function findActiveCluster(ecsState: EcsState, reference: string | undefined): ClusterRecord {
  const cluster = findCluster(ecsState, reference)
  // CreateService and UpdateService answer so (public reports of Terraform and the AWS CLI); for other actions it was
  // not recorded.
  if (cluster.status === 'INACTIVE')
    throw new AwsError('ClusterNotFoundException', 'The referenced cluster was inactive.')
  return cluster
}

/**
 * The cluster name in a reference, whether the cluster exists or not.
 * @throws AwsError InvalidParameterException for a reference that is neither a name nor the ARN of a cluster of this
 * account and Region.
 */
export function clusterName(ecsState: EcsState, reference = 'default'): string {
  const [name = '', ...more] = reference.includes(':')
    ? ownResource(reference, 'cluster', ecsState)
    : reference.split('/')
  if (more.length > 0 || (name === '' && reference !== '')) throw wrongSeparators()
  return name
}

export function clusterArn(ecsState: EcsState, name: string): string {
  return ecsArn(ecsState, 'cluster', name)
}

export function clusterNotFound(): AwsError {
  return new AwsError('ClusterNotFoundException', 'Cluster not found.')
}
