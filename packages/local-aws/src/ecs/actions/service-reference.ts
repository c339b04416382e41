/** Finds the service that a request refers to: by name or ARN, in the request's cluster. */
import { ecsArn, shortName } from '@ecs-api/ecs-model'
import { AwsError } from '../../protocol/aws-error.ts'
import type { ClusterRecord } from '../records/cluster-record.ts'
import type { EcsTables } from '../records/ecs-tables.ts'
import type { ServiceRecord } from '../records/service-record.ts'
import type { ActionContext } from './action.ts'
import { getCluster } from './cluster-reference.ts'
import { resourcePathInAccount, wrongSeparatorCount } from './own-arn.ts'

interface Reference {
  cluster?: string | undefined
  service?: string | undefined
}

/**
 * The ARN of the service, whether it exists or not.
 * @throws AwsError InvalidParameterException for a reference that is neither a name nor the ARN of a service in this
 * cluster.
 */
export function serviceArnOf(ecsTables: EcsTables, { clusterArn }: ClusterRecord, reference: string): string {
  const cluster = shortName(clusterArn)
  const name = reference.includes(':') ? serviceNameInArn(ecsTables, reference, cluster) : reference
  if (name.includes('/')) throw wrongSeparatorCount()
  return ecsArn(ecsTables, 'service', cluster, name)
}

/**
 * Finds a service that is ACTIVE, DRAINING or INACTIVE.
 * @throws AwsError ClusterNotFoundException, ServiceNotFoundException.
 */
export function getService(
  { ecsTables }: Pick<ActionContext, 'ecsTables'>,
  { cluster, service = '' }: Reference,
): ServiceRecord {
  const found = ecsTables.services.get(serviceArnOf(ecsTables, getCluster(ecsTables, cluster), service))
  if (!found) throw serviceNotFound()
  return found
}

function serviceNotFound(): AwsError {
  return new AwsError('ServiceNotFoundException', 'Service not found.')
}

function serviceNameInArn(ecsTables: EcsTables, reference: string, cluster: string): string {
  const path = resourcePathInAccount(reference, 'service', ecsTables)
  const [namedCluster, name] = path.length === 2 ? path : [cluster, path[0]]
  if (name === undefined || path.length > 2) throw wrongSeparatorCount()
  if (namedCluster !== cluster)
    throw new AwsError(
      'InvalidParameterException',
      `Invalid identifier: Identifier is for cluster ${namedCluster}. Your cluster is ${cluster}`,
    )
  return name
}
