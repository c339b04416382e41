/** Finds the cluster that a request refers to: by name, by ARN, or `default` when it names none. */
import { ecsArn } from '@ecs-api/ecs-model'
import { AwsError } from '../../protocol/aws-error.ts'
import type { ClusterRecord } from '../records/cluster-record.ts'
import type { EcsTables, ReadView } from '../records/ecs-tables.ts'
import { resourcePathInAccount, wrongSeparatorCount } from './own-arn.ts'

/**
 * The cluster in any status, also INACTIVE.
 * @param readView the tables to look in. A Describe or List action passes those of its context, which lag behind by the
 * consistency delay; an action that writes leaves it out and gets the newest record.
 * @throws AwsError ClusterNotFoundException, or InvalidParameterException as `clusterName` does.
 */
export function getCluster(
  ecsTables: EcsTables,
  reference: string | undefined,
  readView: ReadView = ecsTables,
): ClusterRecord {
  const cluster = readView.clusters.get(clusterNameIn(ecsTables, reference))
  if (!cluster) throw clusterNotFound()
  return cluster
}

/**
 * The cluster, unless it was deleted (INACTIVE).
 * @throws AwsError ClusterNotFoundException, or InvalidParameterException as `clusterName` does.
 */
export function getActiveCluster(ecsTables: EcsTables, reference: string | undefined): ClusterRecord {
  const cluster = getCluster(ecsTables, reference)
  // The error is from public reports of CreateService and UpdateService (Terraform, AWS CLI). For other actions it was
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
export function clusterNameIn(ecsTables: EcsTables, reference = 'default'): string {
  const [name = '', ...more] = reference.includes(':')
    ? resourcePathInAccount(reference, 'cluster', ecsTables)
    : reference.split('/')
  if (more.length > 0 || (name === '' && reference !== '')) throw wrongSeparatorCount()
  return name
}

export function clusterArnOf(ecsTables: EcsTables, name: string): string {
  return ecsArn(ecsTables, 'cluster', name)
}

export function clusterNotFound(): AwsError {
  return new AwsError('ClusterNotFoundException', 'Cluster not found.')
}
