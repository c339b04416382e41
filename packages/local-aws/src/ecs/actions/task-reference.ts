/** Finds the task that a request refers to: by id or ARN, in the request's cluster. */
import { ecsArn, shortName } from '@ecs-api/ecs-model'
import { AwsError } from '../../protocol/aws-error.ts'
import type { ClusterRecord } from '../records/cluster-record.ts'
import type { EcsTables } from '../records/ecs-tables.ts'
import { resourcePathInAccount, wrongSeparatorCount } from './own-arn.ts'

/**
 * The ARN of the task, whether it exists or not.
 * @param nameInError the name of the reference in ECS's error for an id of a wrong length: `task` for ExecuteCommand,
 * `taskId` for other actions
 * @throws AwsError InvalidParameterException for a reference that is no id or ARN of a task, or names another cluster.
 */
export function taskArnOf(
  ecsTables: EcsTables,
  { clusterArn }: ClusterRecord,
  reference: string,
  { nameInError = 'taskId' }: { nameInError?: 'taskId' | 'task' } = {},
): string {
  const cluster = shortName(clusterArn)
  const id = reference.includes(':') ? taskIdInArn(ecsTables, reference, cluster) : reference
  if (id.includes('/')) throw wrongSeparatorCount()
  if (id.length !== 32 && id.length !== 36)
    throw new AwsError('InvalidParameterException', `${nameInError} length should be one of [32,36]`)
  return ecsArn(ecsTables, 'task', cluster, id)
}

function taskIdInArn(ecsTables: EcsTables, reference: string, cluster: string): string {
  const path = resourcePathInAccount(reference, 'task', ecsTables)
  const [namedCluster, id] = path.length === 2 ? path : [cluster, path[0]]
  if (id === undefined || path.length > 2) throw wrongSeparatorCount()
  if (namedCluster !== cluster)
    throw new AwsError(
      'InvalidParameterException',
      `Invalid identifier: Identifier is for cluster ${namedCluster}. Your cluster is ${cluster}`,
    )
  return id
}
