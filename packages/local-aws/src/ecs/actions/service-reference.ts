/** Finds the service that a request refers to: by name or ARN, in the request's cluster. */
import { ecsArn, shortName } from '@ecs-api/ecs-model'
import { AwsError } from '../../protocol/aws-error.ts'
import type { ClusterRecord } from '../records/cluster-record.ts'
import type { ServiceRecord } from '../records/service-record.ts'
import type { EcsState } from '../records/state.ts'
import type { ActionContext } from './action.ts'
import { getCluster } from './cluster-reference.ts'
import { ownResourcePath, wrongSeparators } from './own-arn.ts'

interface Reference {
  cluster?: string | undefined
  service?: string | undefined
}

/**
 * The ARN of the service, whether it exists or not.
 * @throws AwsError InvalidParameterException for a reference that is neither a name nor the ARN of a service in this
 * cluster.
 */
export function serviceArn(ecsState: EcsState, { clusterArn }: ClusterRecord, reference: string): string {
  const cluster = shortName(clusterArn)
  const name = reference.includes(':') ? nameOfArn(ecsState, reference, cluster) : reference
  if (name.includes('/')) throw wrongSeparators()
  return ecsArn(ecsState, 'service', cluster, name)
}

/**
 * Finds a service that is ACTIVE, DRAINING or INACTIVE.
 * @throws AwsError ClusterNotFoundException, ServiceNotFoundException.
 */
export function getService(
  { ecsState }: Pick<ActionContext, 'ecsState'>,
  { cluster, service = '' }: Reference,
): ServiceRecord {
  const found = ecsState.services.get(serviceArn(ecsState, getCluster(ecsState, cluster), service))
  if (!found) throw serviceNotFound()
  return found
}

function serviceNotFound(): AwsError {
  return new AwsError('ServiceNotFoundException', 'Service not found.')
}

function nameOfArn(ecsState: EcsState, reference: string, cluster: string): string {
  const path = ownResourcePath(reference, 'service', ecsState)
  const [namedCluster, name] = path.length === 2 ? path : [cluster, path[0]]
  if (name === undefined || path.length > 2) throw wrongSeparators()
  if (namedCluster !== cluster)
    throw new AwsError(
      'InvalidParameterException',
      `Invalid identifier: Identifier is for cluster ${namedCluster}. Your cluster is ${cluster}`,
    )
  return name
}
