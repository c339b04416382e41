/** Finds the task that a request refers to: by id or ARN, in the request's cluster. */
import { ecsArn, shortName } from '@ecs-api/ecs-model'
import { AwsError } from '../../protocol/aws-error.ts'
import type { ClusterRecord } from '../records/cluster-record.ts'
import type { EcsState } from '../records/state.ts'
import { ownResource, wrongSeparators } from './own-arn.ts'

/**
 * The ARN of the task, whether it exists or not.
 * @param member the request's member as ECS names it in the error for an id of a wrong length; ExecuteCommand differs
 * from other actions
 * @throws AwsError InvalidParameterException for a reference that cannot be a task's, or names another cluster.
 */
export function taskArn(
  ecsState: EcsState,
  { clusterArn }: ClusterRecord,
  reference: string,
  member: 'taskId' | 'task' = 'taskId',
): string {
  const cluster = shortName(clusterArn)
  const id = reference.includes(':') ? idOfArn(ecsState, reference, cluster) : reference
  if (id.includes('/')) throw wrongSeparators()
  if (id.length !== 32 && id.length !== 36)
    throw new AwsError('InvalidParameterException', `${member} length should be one of [32,36]`)
  return ecsArn(ecsState, 'task', cluster, id)
}

function idOfArn(ecsState: EcsState, reference: string, cluster: string): string {
  const rest = ownResource(reference, 'task', ecsState)
  const [namedCluster, id] = rest.length === 2 ? rest : [cluster, rest[0]]
  if (id === undefined || rest.length > 2) throw wrongSeparators()
  if (namedCluster !== cluster)
    throw new AwsError(
      'InvalidParameterException',
      `Invalid identifier: Identifier is for cluster ${namedCluster}. Your cluster is ${cluster}`,
    )
  return id
}
